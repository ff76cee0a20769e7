from collections.abc import Iterator

import numpy as np
import pytest

from app.engines.base import Hypothesis, LiveRequest
from app.engines.pocketsphinx.live import PocketSphinxLive
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


def test_the_first_utterance_of_a_stream_is_heard_by_its_own_means(engine: PocketSphinxLive) -> None:
    samples = english(MEETING[1]).samples[0]
    thin = np.diff(samples, prepend=np.float32(0))  # all treble, as from a bad telephone
    seconds = [thin[: 16_000 * n] for n in range(1, len(thin) // 16_000)]
    partials = heard([engine.hear([LiveRequest("thin", 0, second, "en", False)])[0] for second in seconds])
    assert partials[0].text == ""  # it waits for the means
    assert partials[-1].text
    [final] = heard(engine.hear([LiveRequest("thin", 0, thin, "en", True)]))
    assert word_error_rate(MEETING[1], final.text) < 0.4


def test_a_short_utterance_that_begins_a_stream_is_heard_and_a_click_is_not(engine: PocketSphinxLive) -> None:
    good_morning = english("Good morning.").samples[0][:20_000]
    click = LiveRequest("short", 0, good_morning[:8000], "en", False)
    [nothing] = heard(engine.hear([click]))
    assert nothing.text == ""
    for utterance in (1, 2):  # the second begins with what the first taught
        [final] = heard(engine.hear([LiveRequest("short", utterance, good_morning, "en", True)]))
        assert "morning" in final.text.lower()


def test_a_process_that_is_lost_is_its_own_streams_failure_and_is_replaced(engine: PocketSphinxLive) -> None:
    one, other = (request(text, 0.5, 7) for text in MEETING[2:])
    heard(engine.hear([one, other]))
    engine._streams[one.stream].connection.shutdown(2)
    failed, fine = engine.hear([request(one.stream, 0.7, 7), request(other.stream, 0.7, 7)])
    assert isinstance(failed, EngineFailed)
    assert isinstance(fine, Hypothesis)
    heard(engine.hear([one]))
