import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np
import pytest

from app.audio.waveform import Samples
from app.documents.transcript import Word
from app.engines.base import Hypothesis, LiveRequest
from app.engines.compute.device import Device, Priority
from app.engines.whisper.decoded import DecodedWindow, Line
from app.engines.whisper.live import WhisperLive
from app.engines.whisper.model import GREEDY, Search
from tests.engines.whisper.loaded import live_on, transcriber
from tests.speech import MEETING as SPOKEN
from tests.speech import english
from tests.tiny_whisper import scripted_whisper

SCRIPT = ((0.0, 2.0, "Good morning everyone."), (2.0, 28.0, "Anna will prepare the report."))
TEXT = "Good morning everyone. Anna will prepare the report."


def request(stream: str, language: str, *, final: bool) -> LiveRequest:
    return LiveRequest(stream, 0, english(SPOKEN[0]).samples[0], language, final)


def test_streams_are_heard_together_on_the_network_of_the_transcriber(tmp_path: Path) -> None:
    with Device() as device:
        path = scripted_whisper(tmp_path / "tiny.pt", SCRIPT)
        engine = transcriber(path, "tiny", device)
        live = live_on(engine, device)
        assert live._model is engine.model
        heard = live.hear([request("a", "auto", final=False), request("b", "en", final=True)])
    partial, final = heard
    assert not isinstance(partial, Exception)
    assert not isinstance(final, Exception)
    assert partial.text == final.text == TEXT
    assert partial.language == final.language == "en"
    assert [word.text for word in final.words] == TEXT.split()
    assert all(0 <= word.start <= word.end <= 30 for word in final.words)


def test_no_window_of_a_file_comes_between_the_halves_of_a_live_utterance(tmp_path: Path) -> None:
    order: list[str] = []
    with Device() as device:
        engine = transcriber(scripted_whisper(tmp_path / "tiny.pt", SCRIPT), "tiny", device)
        file = threading.Thread(target=lambda: device.turn(Priority.BATCH, lambda: order.append("file")))

        def file_asks(*_: object) -> None:
            file.start()
            while not device._waiting:
                time.sleep(0.001)

        engine.model._net.encoder.register_forward_hook(file_asks)
        engine.model._net.decoder.register_forward_hook(lambda *_: order.append("live"))
        live_on(engine, device).hear([request("a", "en", final=False)])
        file.join()
    assert order == ["live"] * (len(order) - 1) + ["file"]
    assert len(order) > 1


def test_a_device_that_stopped_is_an_error_of_the_batch(tmp_path: Path) -> None:
    with Device() as device:
        live = live_on(transcriber(scripted_whisper(tmp_path / "tiny.pt", SCRIPT), "tiny", device), device)
    with pytest.raises(RuntimeError, match="not started"):
        live.hear([request("a", "en", final=False)])


class Answering:
    """A WhisperModel that gives the answers that it was told, and remembers how it was asked."""

    is_multilingual, batch, stops_midway = True, 1, False

    def __init__(self, *answers: str, languages: Sequence[dict[str, float]] = ()) -> None:
        self.answers, self.chances = list(answers), list(languages)
        self.asked: list[tuple[str, Search]] = []

    def knows(self, language: str) -> bool:
        return True

    def encode(self, samples: Samples) -> object:
        return None

    def languages(self, features: Sequence[object]) -> list[dict[str, float]]:
        return [self.chances.pop(0)]

    def decode(
        self,
        features: Sequence[object],
        durations_s: Sequence[float],
        language: str,
        search: Search = GREEDY,
        prompt: str = "",
        draft: Sequence[int] = (),
    ) -> list[DecodedWindow]:
        self.asked.append((language, search))
        line = Line(0.0, durations_s[0], (1,))
        return [DecodedWindow(self.answers.pop(0), (line,), (1,), -0.1, 0.0)]

    def words(
        self, heard: DecodedWindow, language: str, features: object, duration_s: float
    ) -> list[list[Word]]:
        return [[Word(0.0, 1.0, heard.text)]]

    def stoppable(self, check: Callable[[], None]) -> AbstractContextManager[None]:
        return nullcontext()


def hear(model: Answering, *requests: LiveRequest, width: int = 5) -> list[Hypothesis]:
    with Device() as device:
        live = WhisperLive(model, "answering", device, width)
        heard = [live.hear([request])[0] for request in requests]
    return [one for one in heard if isinstance(one, Hypothesis)]


def final(seconds: float = 3.0, *, hurried: bool = False, language: str = "en") -> LiveRequest:
    return LiveRequest("a", 0, np.zeros(round(seconds * 16_000), np.float32), language, True, hurried)


def test_a_final_is_searched_for_thoroughly_unless_others_wait() -> None:
    model = Answering(*["one two three four"] * 3)
    hear(model, LiveRequest("a", 0, final().samples, "en", False), final(), final(hurried=True))
    assert [search.width for _, search in model.asked] == [1, 5, 1]


@pytest.mark.parametrize(
    ("second", "text", "doubtful"), [("all is well now", "all is well now", False), ("no " * 20, "", True)]
)
def test_a_final_that_loops_is_heard_again_and_else_marked(second: str, text: str, doubtful: bool) -> None:
    model = Answering("yes " * 20, second)
    [heard] = hear(model, final())
    assert heard.doubtful is doubtful
    assert heard.text == (text or "yes yes…")
    assert model.asked[1][1].temperature > 0


@pytest.mark.parametrize(
    ("seconds", "chance", "languages"),
    [(3.0, 0.95, ["en", "ru"]), (3.0, 0.6, ["en", "en"]), (1.0, 0.95, ["en", "en"])],
)
def test_a_stream_changes_its_language_only_for_a_long_and_sure_utterance(
    seconds: float, chance: float, languages: list[str]
) -> None:
    chances = [{"en": 0.9, "ru": 0.1}, {"en": 1 - chance, "ru": chance}]
    model = Answering("one two three four", "five six seven eight", languages=chances)
    heard = hear(model, final(language="auto"), final(seconds, language="auto"))
    assert [one.language for one in heard] == [language for language, _ in model.asked] == languages
