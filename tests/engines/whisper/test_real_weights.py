"""Whisper base itself hears real speech, and nothing where nobody speaks.

The weights are fetched once, from where the program fetches them, into KONSPEKT_TEST_WEIGHTS or
~/.cache/konspekt-tests.
"""

import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.audio.waveform import Samples, Span, Waveform
from app.config import Config
from app.documents.transcript import Transcript
from app.engines.base import TranscribeOptions
from app.engines.compute.device import Device
from app.engines.silero import SileroVoiceDetector
from app.engines.weights.catalogue import find
from app.engines.weights.fetch import fetch
from app.engines.whisper.transcriber import WhisperTranscriber
from app.errors import EngineUnavailable
from tests.engines.whisper.loaded import transcriber
from tests.long import LONG
from tests.speech import word_error_rate

TOP = Path(__file__).parents[3]
OURS = TOP / "tests" / "media"
THEIRS = Path(os.environ.get("KONSPEKT_TEST_MEDIA", TOP.parent / "shared" / "media"))
CACHE = Path(os.environ.get("KONSPEKT_TEST_WEIGHTS", Path.home() / ".cache" / "konspekt-tests"))
RATE = 16_000
JFK = (
    "And so my fellow Americans, ask not what your country can do for you,"
    " ask what you can do for your country."
)
LJ = (
    "Printing, in the only sense with which we are at present concerned, differs from most if not from all"
    " the arts and crafts represented in the Exhibition"
)
P287 = (
    "Six spoons of fresh snow peas, five thick slabs of blue cheese, and maybe a snack for her brother Bob."
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def weights() -> Path:
    """Return the folder of Whisper base; skip where no source has it."""
    wanted = find("faster-whisper-base")
    if not wanted.present(CACHE):
        try:
            fetch(wanted, CACHE, lambda _: None)
        except EngineUnavailable as error:
            pytest.skip(f"no Whisper base: {error}")
    return wanted.folder(CACHE)


@pytest.fixture(scope="module")
def device() -> Iterator[Device]:
    with Device() as device:
        yield device


@pytest.fixture(scope="module", params=["fast", "balanced", "best"])
def whisper(request: pytest.FixtureRequest, weights: Path, device: Device) -> WhisperTranscriber:
    return transcriber(weights, "base", device, request.param)


def hear(
    engine: WhisperTranscriber,
    device: Device,
    samples: Samples,
    spans: list[Span] | None = None,
    language: str = "auto",
) -> Transcript:
    """Transcribe as the stage does; within `spans`, where the voice detector is not to be asked."""
    sound = Waveform(samples.astype(np.float32)[None], RATE)
    found = SileroVoiceDetector(device).detect(sound, lambda _: None) if spans is None else iter(spans)
    return engine.transcribe(sound, found, TranscribeOptions(language), lambda _: None)


def read(path: Path) -> Samples:
    samples: Samples = soundfile.read(path, dtype="float32")[0]
    return samples


@pytest.mark.parametrize(("name", "said"), [("jfk", JFK), ("LJ001-0001", LJ)])
def test_english_is_heard(whisper: WhisperTranscriber, device: Device, name: str, said: str) -> None:
    transcript = hear(whisper, device, read(OURS / f"{name}.flac"))
    assert word_error_rate(said, transcript.text) <= 0.03, transcript.text
    assert transcript.language == "en"
    words = [word for segment in transcript.segments for word in segment.words]
    assert all(before.start <= after.start for before, after in pairwise(words))
    assert np.mean([word.probability for word in words]) > 0.5


def test_noisy_speech_is_heard_as_the_settings_come(weights: Path, device: Device) -> None:
    engine = transcriber(weights, "base", device, Config(_env_file=None).whisper_quality)
    text = hear(engine, device, read(OURS / "p287_003_noisy.flac")).text
    spelled = text.replace("6", "six").replace("5", "five").replace("-", " ")
    assert word_error_rate(P287, spelled) <= 0.4, text


def test_russian_is_heard_and_known_by_itself(whisper: WhisperTranscriber, device: Device) -> None:
    path = THEIRS / "golos-ru.wav"
    if not path.is_file():
        pytest.skip(f"no {path}; KONSPEKT_TEST_MEDIA names its folder")
    transcript = hear(whisper, device, read(path))
    assert transcript.language == "ru"
    letters = _letters("60 тысяч тенге сколько будет стоить"), _letters(transcript.text)
    assert word_error_rate(*letters) <= 0.2, transcript.text  # faster-whisper's own: .2


@pytest.mark.skipif(not LONG, reason="make trials")
@pytest.mark.parametrize("whisper", ["fast"], indirect=True)
def test_a_sentence_that_is_said_twice_in_a_row_is_written_twice(
    whisper: WhisperTranscriber, device: Device
) -> None:
    """Whisper itself writes it once, in a line as long as both."""
    path = THEIRS / "golos-ru.wav"
    if not path.is_file():
        pytest.skip(f"no {path}; KONSPEKT_TEST_MEDIA names its folder")
    said, pause = read(path), np.zeros(RATE, np.float32)
    transcript = hear(whisper, device, np.concatenate([said, pause, said]))
    starts = [segment.start for segment in transcript.segments if "сколько" in segment.text]
    assert len(starts) == 2
    assert starts[1] == pytest.approx(starts[0] + len(said) / RATE + 1.0, abs=1.0)


@pytest.mark.parametrize("whisper", ["balanced"], indirect=True)
def test_russian_is_translated_into_english(whisper: WhisperTranscriber, device: Device) -> None:
    path = THEIRS / "golos-ru.wav"
    if not path.is_file():
        pytest.skip(f"no {path}; KONSPEKT_TEST_MEDIA names its folder")
    sound = Waveform(read(path)[None], RATE)
    spans = SileroVoiceDetector(device).detect(sound, lambda _: None)
    transcript = whisper.transcribe(sound, spans, TranscribeOptions(task="translate"), lambda _: None)
    assert "how much will it cost" in transcript.text, transcript.text
    assert "60" in transcript.text
    assert transcript.language == "en"


@pytest.mark.parametrize("whisper", ["balanced"], indirect=True)
def test_each_of_two_languages_is_written_down_in_its_own(
    whisper: WhisperTranscriber, device: Device
) -> None:
    path = THEIRS / "golos-ru.wav"
    if not path.is_file():
        pytest.skip(f"no {path}; KONSPEKT_TEST_MEDIA names its folder")
    english, russian, pause = read(OURS / "jfk.flac"), read(path), np.zeros(RATE, np.float32)
    samples = np.concatenate([english, pause, russian, pause, english, pause, russian])
    texts = [segment.text for segment in hear(whisper, device, samples).segments]
    in_russian = [text for text in texts if re.search("[а-я]", text)]
    in_english = [text for text in texts if text not in in_russian]
    assert word_error_rate(f"{JFK} {JFK}", " ".join(in_english)) <= 0.05, texts
    said = _letters("60 тысяч тенге сколько будет стоить")
    assert [word_error_rate(said, _letters(text)) <= 0.2 for text in in_russian] == [True, True], texts


@pytest.mark.parametrize("whisper", ["balanced"], indirect=True)
def test_words_stay_in_time_after_a_long_silence(whisper: WhisperTranscriber, device: Device) -> None:
    speech, after_s = read(OURS / "jfk.flac"), 1800
    samples = np.concatenate([speech, np.zeros(after_s * RATE, np.float32), speech])
    words = [word for segment in hear(whisper, device, samples).segments for word in segment.words]
    half = len(words) // 2
    offset_s = after_s + len(speech) / RATE
    assert [word.text for word in words[:half]] == [word.text for word in words[half:]]
    for first, second in zip(words[:half], words[half:], strict=True):
        assert second.start - first.start == pytest.approx(offset_s, abs=0.3)


def sounds_without_speech() -> dict[str, Samples]:
    """Make two minutes each of silence, noise, tones, beeps and music: ten in all."""
    rng, seconds = np.random.default_rng(0), 120
    t = np.arange(seconds * RATE) / RATE
    notes = 220 * 2 ** (rng.choice([0, 2, 3, 5, 7, 8, 10, 12], (4, seconds * 4)) / 12)
    phases = np.cumsum(np.repeat(notes, RATE // 4, axis=1) / RATE, axis=1)
    beat = np.exp(-6 * (4 * t % 1))
    chords = (np.sin(2 * np.pi * phases) + 0.4 * np.sin(4 * np.pi * phases)).mean(axis=0)
    return {
        "silence": np.zeros(len(t)),
        "noise": rng.normal(scale=0.1, size=len(t)),
        "tones": 0.4 * np.sin(2 * np.pi * np.repeat(rng.uniform(200, 3000, seconds * 2), RATE // 2) * t),
        "beeps": 0.5 * np.sin(2 * np.pi * 1000 * t) * (t % 2 < 0.3),
        "music": 0.4 * beat * chords + 0.05 * beat * rng.normal(size=len(t)),
    }


def test_where_nobody_speaks_not_a_word_is_written(weights: Path, device: Device) -> None:
    engine = transcriber(weights, "base", device, "fast")
    for name, samples in sounds_without_speech().items():
        assert hear(engine, device, samples).text == "", name


@pytest.mark.parametrize("language", ["ru", "en"])
def test_silence_that_the_voice_detector_lets_pass_has_no_credits(
    whisper: WhisperTranscriber, device: Device, language: str
) -> None:
    rng = np.random.default_rng(0)
    for samples in (np.zeros(40 * RATE), rng.normal(scale=0.01, size=40 * RATE)):
        transcript = hear(whisper, device, samples, [Span(0, 28), Span(29, 33)], language)
        assert transcript.text == ""


def test_the_end_of_a_recording_has_no_farewell(whisper: WhisperTranscriber, device: Device) -> None:
    speech = read(OURS / "jfk.flac")
    samples = np.concatenate([speech, np.zeros(15 * RATE, np.float32)])
    transcript = hear(whisper, device, samples, [Span(0, 26)])
    assert word_error_rate(JFK, transcript.text) <= 0.1, transcript.text


def _letters(text: str) -> str:
    """Return letters as words, so that the rate of wrong words is that of wrong letters."""
    return " ".join(re.sub(r"\W", "", text.lower()))
