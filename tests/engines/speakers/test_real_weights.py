"""The real nets tell real voices apart. They are fetched once, from where the program fetches them."""

from collections.abc import Iterator

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from app.audio.waveform import SPEECH_RATE_HZ, Samples, Waveform
from app.documents.diarization import Turn
from app.engines.compute.device import Device
from app.engines.diarization import DiarizeOptions
from app.engines.speakers.diarizer import NetDiarizer
from app.engines.weights.catalogue import find
from app.engines.weights.diarization import CAMPPLUS, SEGMENTATION
from app.engines.weights.fetch import fetch
from app.errors import EngineUnavailable
from benchmarks.speakers.score import errors
from tests.engines.whisper.test_real_weights import CACHE, OURS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def diarizer() -> Iterator[NetDiarizer]:
    weights = find("diarization")
    if not weights.present(CACHE):
        try:
            fetch(weights, CACHE, lambda _: None)
        except EngineUnavailable as error:
            pytest.skip(f"no weights that tell speakers apart: {error}")
    with Device() as device:
        yield NetDiarizer(CACHE / SEGMENTATION, CACHE / CAMPPLUS, device)


def voice(name: str) -> Samples:
    samples, rate = soundfile.read(OURS / f"{name}.flac", dtype="float32")
    mono = samples if samples.ndim == 1 else samples.mean(axis=1)
    resampled: Samples = resample_poly(mono, SPEECH_RATE_HZ, rate).astype(np.float32)
    return resampled / np.abs(resampled).max() * np.float32(0.5)


def talk() -> tuple[Waveform, list[Turn]]:
    """Let three people speak, and the first of them again."""
    parts, turns, at = [], [], 0.0
    half = round(4.5 * SPEECH_RATE_HZ)
    lj, jfk, noisy = voice("LJ001-0001"), voice("jfk"), voice("p287_003_noisy")
    for name, samples in (("lj", lj[:half]), ("jfk", jfk), ("p287", noisy), ("lj", lj[half:])):
        parts += [samples, np.zeros(SPEECH_RATE_HZ // 2, np.float32)]
        seconds = len(samples) / SPEECH_RATE_HZ
        turns.append(Turn(at, at + seconds, name))
        at += seconds + 0.5
    return Waveform(np.concatenate(parts)[None], SPEECH_RATE_HZ), turns


def test_three_people_are_counted_and_told_apart(diarizer: NetDiarizer) -> None:
    sound, truth = talk()
    told = diarizer.diarize(sound, DiarizeOptions(), lambda _: None)
    found = errors(truth, told)
    assert len({turn.speaker for turn in told}) == 3
    assert found.confused / found.speech < 0.03
    assert found.false / found.speech < 0.1
    assert found.rate < 0.3, "pauses between words are no speech here, and are counted as missed"


def test_one_person_is_one(diarizer: NetDiarizer) -> None:
    told = diarizer.diarize(Waveform(voice("jfk")[None], SPEECH_RATE_HZ), DiarizeOptions(), lambda _: None)
    assert {turn.speaker for turn in told} == {"Speaker 1"}
