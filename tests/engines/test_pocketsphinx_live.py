from collections.abc import Iterator

import pytest

from app.engines.base import Hypothesis, LiveRequest
from app.engines.pocketsphinx_live import PocketSphinxLive
from app.errors import EngineFailed
from tests.speech import MEETING, english, word_error_rate


@pytest.fixture(scope="module")
def engine() -> Iterator[PocketSphinxLive]:
    live = PocketSphinxLive()
    yield live
    live.close()


def request(text: str, share: float = 1.0, utterance: int = 0, *, final: bool = False) -> LiveRequest:
    samples = english(text).samples[0]
    return LiveRequest(text, utterance, samples[: round(share * len(samples))], "en", final)


def heard(answers: list[Hypothesis | Exception]) -> list[Hypothesis]:
    assert all(isinstance(answer, Hypothesis) for answer in answers), answers
    return answers  # type: ignore[return-value]


def test_utterances_that_grow_are_heard_side_by_side(engine: PocketSphinxLive) -> None:
    for share in (0.3, 0.6):
        partials = heard(engine.hear([request(text, share) for text in MEETING[:2]]))
    assert all(partial.text for partial in partials)
    finals = heard(engine.hear([request(text, final=True) for text in MEETING[:2]]))
    for text, final, partial in zip(MEETING, finals, partials, strict=False):
        assert word_error_rate(text, final.text) < 0.4
        assert len(final.words) > len(partial.words)
        assert final.words[-1].end == pytest.approx(english(text).duration_s, abs=0.5)


def test_an_utterance_that_was_cut_is_heard_anew_from_its_start(engine: PocketSphinxLive) -> None:
    heard(engine.hear([request(MEETING[2], 0.9)]))
    [cut] = heard(engine.hear([request(MEETING[2], 0.5, final=True)]))
    [again] = heard(engine.hear([request(MEETING[2], 0.5, 1, final=True)]))
    assert cut.text.split()[:3] == again.text.split()[:3]
    assert cut.words[-1].end < 0.6 * english(MEETING[2]).duration_s


def test_a_process_that_is_lost_is_its_own_streams_failure_and_is_replaced(engine: PocketSphinxLive) -> None:
    one, other = (request(text, 0.5, 7) for text in MEETING[2:])
    heard(engine.hear([one, other]))
    engine._streams[one.stream].connection.shutdown(2)
    failed, fine = engine.hear([request(one.stream, 0.7, 7), request(other.stream, 0.7, 7)])
    assert isinstance(failed, EngineFailed)
    assert isinstance(fine, Hypothesis)
    heard(engine.hear([one]))
