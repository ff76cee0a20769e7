"""Speech of any language is written in English, where that is asked for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.audio.waveform import Span
from app.engines.base import TranscribeOptions
from app.engines.compute.device import Device
from app.errors import UnsupportedLanguage
from tests.engines.whisper.loaded import transcriber
from tests.speech import silence
from tests.tiny_whisper import MEETING_RU, as_ctranslate2, random_whisper, scripted_whisper

TRANSLATED = TranscribeOptions(task="translate")


@pytest.fixture(scope="module")
def device() -> Iterator[Device]:
    with Device("cpu") as device:
        yield device


@pytest.mark.parametrize("form", ["torch", "ctranslate2"])
def test_the_decoder_is_told_to_translate(form: str, tmp_path: Path, device: Device) -> None:
    path = random_whisper(tmp_path / "random.pt")
    model = transcriber(
        path if form == "torch" else as_ctranslate2(path, tmp_path / "folder"), "x", device
    ).model
    features = device.turn(0, lambda: model.encode(np.zeros(16_000, np.float32)))  # type: ignore[arg-type]

    def logprob(task: Any) -> float:
        (heard,) = device.turn(0, lambda: model.decode([features], [1.0], "ru", task=task))  # type: ignore[arg-type]
        return heard.logprob

    assert logprob("translate") != logprob("transcribe")
    assert logprob("translate") == logprob("translate")


def test_a_translation_is_in_english_and_english_is_written_as_it_is(
    tmp_path: Path, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = transcriber(scripted_whisper(tmp_path / "s.pt", MEETING_RU, "ru"), "s", device)
    decode, words = engine.model.decode, engine.model.words
    tasks: list[str] = []

    def decoded(*args: Any, task: str, **options: Any) -> Any:
        tasks.append(task)
        return decode(*args, **options)  # what is scripted is said without the token of translation

    monkeypatch.setattr(engine.model, "decode", decoded)
    monkeypatch.setattr(engine.model, "words", lambda *args: words(*args[:4]))
    transcript = engine.transcribe(silence(30), [Span(0, 28)], TRANSLATED, lambda _: None)
    assert (transcript.language, set(tasks)) == ("en", {"translate"})
    tasks.clear()
    english = TranscribeOptions("en", task="translate")
    engine.transcribe(silence(30), [Span(0, 28)], english, lambda _: None)
    assert set(tasks) == {"transcribe"}


@pytest.mark.parametrize("name", ["turbo", "large-v3-turbo", "distil-large-v3"])
def test_a_model_that_was_not_taught_to_translate_says_so(name: str, tmp_path: Path, device: Device) -> None:
    engine = transcriber(random_whisper(tmp_path / "random.pt"), name, device)
    with pytest.raises(UnsupportedLanguage, match="not taught to translate"):
        engine.transcribe(silence(30), [Span(0, 28)], TRANSLATED, lambda _: None)
