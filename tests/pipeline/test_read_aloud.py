"""Which voice reads a text, and that its speech becomes a file."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.audio.waveform import Waveform
from app.engines.sound import SpeakOptions, SpokenVoice
from app.pipeline.read_aloud import FORMATS, choose_voice, read_aloud
from app.progress import Progress

VOICES = (SpokenVoice("en-awb", "en"), SpokenVoice("en-slt", "en"), SpokenVoice("ru-f2", "ru"))


class Humming:
    """A synthesizer that hums a quarter of a second for each word."""

    name, sample_rate, voices = "humming", 16_000, VOICES

    def speak(self, text: str, options: SpeakOptions, progress: Progress) -> Iterator[Waveform]:
        for _ in text.split():
            yield Waveform(np.full((1, 4_000), 0.1, np.float32), self.sample_rate)


@pytest.mark.parametrize(
    ("name", "text", "chosen"),
    [
        ("en-awb", "Добрый день", "en-awb"),
        ("alloy", "Добрый день, Zoom", "ru-f2"),
        ("auto", "Good morning", "en-slt"),
    ],
)
def test_a_voice_is_chosen_by_name_or_language(name: str, text: str, chosen: str) -> None:
    assert choose_voice(name, text, VOICES) == chosen


@pytest.mark.parametrize("kind", FORMATS)
def test_all_of_the_text_is_in_the_file(tmp_path: Path, kind: str) -> None:
    told: list[float] = []
    file = read_aloud("one two three four", "auto", 1.0, kind, tmp_path, Humming(), told.append)
    assert file.suffix == f".{kind}"
    assert told[-1] == 1.0
    if kind != "opus":  # its container is not soundfile's everywhere
        assert soundfile.info(file).duration == pytest.approx(1.0, abs=0.1)
