from pathlib import Path

import pytest

from app.engines.base import Hypothesis, LiveRequest
from app.engines.compute.device import Device
from app.engines.whisper.decoded import DecodedWindow
from app.engines.whisper.openai_model import OpenAIWhisper
from tests.engines.whisper.loaded import live_on, transcriber
from tests.making import syllables
from tests.tiny_whisper import random_whisper, scripted_whisper

SOUND = syllables(3).samples[0]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> OpenAIWhisper:
    return OpenAIWhisper(random_whisper(tmp_path_factory.mktemp("draft") / "random.pt"), "cpu")


def decode(model: OpenAIWhisper, draft: tuple[int, ...] = ()) -> tuple[DecodedWindow, int]:
    """Return what is heard, and in how many passes of the decoder."""
    passes = []
    hook = model._net.decoder.register_forward_hook(lambda *_: passes.append(1))
    [heard] = model.decode([model.encode(SOUND)], [3.0], "en", draft=draft)
    hook.remove()
    return heard, len(passes)


@pytest.mark.parametrize("right", [0, 1, 7, 1000])
def test_a_draft_changes_nothing_that_is_decoded_and_saves_the_passes_that_it_had_right(
    model: OpenAIWhisper, right: int
) -> None:
    plain, passes = decode(model)
    assert passes > 20
    wrong = tuple((token + 1) % 50_000 for token in plain.tokens)
    drafted, fewer = decode(model, plain.tokens[:right] + wrong[right:])
    assert drafted.tokens == plain.tokens
    assert drafted.logprob == pytest.approx(plain.logprob, abs=1e-4)
    assert drafted.no_speech == pytest.approx(plain.no_speech, abs=1e-4)
    assert fewer <= passes - min(right, len(plain.tokens) - 1)


def test_a_growing_utterance_of_one_stream_is_the_draft_of_nobody_else(tmp_path: Path) -> None:
    with Device() as device:
        engine = transcriber(scripted_whisper(tmp_path / "tiny.pt"), "tiny", device)
        live, passes = live_on(engine, device), []
        engine.model._net.decoder.register_forward_hook(lambda *_: passes.append(1))

        def hear(stream: str, utterance: int) -> int:
            passes.clear()
            [heard] = live.hear([LiveRequest(stream, utterance, SOUND, "en", False)])
            assert isinstance(heard, Hypothesis)
            assert heard.text.startswith("Good morning everyone.")
            return len(passes)

        whole = hear("one", 0)
        assert hear("one", 0) <= 2 < whole
        assert hear("one", 1) == hear("other", 1) == whole
        live.forget("one")
        assert hear("one", 1) == whole
