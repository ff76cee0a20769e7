import importlib.util
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import torch

from app.audio.voice_activity import WINDOW
from app.audio.waveform import Waveform
from app.engines.compute.device import Device, Priority
from app.engines.silero import PIECE_S, SileroVoiceDetector
from app.errors import JobCancelled
from tests.speech import MEETING, english, joined, russian, silence

T = TypeVar("T")


@pytest.fixture(scope="module")
def device() -> Iterator[Device]:
    with Device() as device:
        yield device


@pytest.fixture(scope="module")
def detector(device: Device) -> SileroVoiceDetector:
    return SileroVoiceDetector(device)


def quiet(_: float) -> None:
    pass


def noise(kind: str, duration_s: float = 40.0) -> Waveform:
    t = np.arange(round(duration_s * 16_000)) / 16_000
    rng = np.random.default_rng(1)
    samples = {
        "silence": np.zeros_like(t),
        "tone": 0.3 * np.sin(2 * np.pi * 440 * t),
        "hum": 0.2 * np.sign(np.sin(2 * np.pi * 50 * t)),
        "beeps": 0.3 * np.sin(2 * np.pi * 800 * t) * (np.sin(2 * np.pi * t) > 0),
        "hiss": 0.1 * rng.standard_normal(len(t)),
    }[kind]
    return Waveform(samples.astype(np.float32)[None], 16_000)


@pytest.mark.parametrize("kind", ["silence", "tone", "hum", "beeps", "hiss"])
def test_what_is_not_speech_has_no_spans(detector: SileroVoiceDetector, kind: str) -> None:
    assert not [*detector.detect(noise(kind), quiet)]


@pytest.mark.parametrize("spoken", [english(MEETING[0]), russian("Доброе утро, коллеги.")])
def test_speech_is_found_where_it_is(detector: SileroVoiceDetector, spoken: Waveform) -> None:
    sound = joined(silence(3), spoken, silence(2), spoken, silence(3))
    spans = [*detector.detect(sound, quiet)]
    second = 5 + spoken.duration_s
    assert spans[0].start == pytest.approx(3, abs=0.3)
    assert spans[-1].end == pytest.approx(second + spoken.duration_s, abs=0.5)
    assert any(span.start == pytest.approx(second, abs=0.3) for span in spans)
    assert all(a.end < b.start for a, b in itertools.pairwise(spans))


def test_probabilities_are_those_of_the_packages_own_model(detector: SileroVoiceDetector) -> None:
    spec = importlib.util.find_spec("silero_vad")
    assert spec is not None
    assert spec.origin is not None
    model = torch.jit.load(str(Path(spec.origin).parent / "data" / "silero_vad.jit"))
    samples = english(MEETING[0]).mono()
    samples = samples[: len(samples) // WINDOW * WINDOW]
    with torch.inference_mode():
        theirs = [model(torch.from_numpy(w), 16_000).item() for w in samples.reshape(-1, WINDOW)]
    middle = len(samples) // WINDOW // 2 * WINDOW  # in two pieces: the state is carried over
    first, context, state = detector._judge(samples[:middle], torch.zeros(64), None)
    second, _, _ = detector._judge(samples[middle:], context, state)
    assert np.concatenate([first, second]) == pytest.approx(theirs, abs=1e-4)


def test_a_long_recording_is_read_piece_by_piece_and_can_be_cancelled(detector: SileroVoiceDetector) -> None:
    class CountingSound:
        sample_rate = 16_000
        duration_s = 4 * 3600.0
        n_cuts = 0

        def cut(self, start_s: float, end_s: float) -> Waveform:
            assert end_s - start_s <= PIECE_S + 0.01
            self.n_cuts += 1
            return silence(end_s - start_s)

    def cancel_at_1_percent(done: float) -> None:
        if done > 0.01:
            raise JobCancelled

    sound = CountingSound()
    with pytest.raises(JobCancelled):
        next(detector.detect(sound, cancel_at_1_percent))
    assert sound.n_cuts == 5


def test_speech_is_told_before_the_rest_of_the_recording_is_read(detector: SileroVoiceDetector) -> None:
    spoken = english(MEETING[0])
    sound = joined(silence(1), spoken, silence(200))
    done: list[float] = []
    span = next(detector.detect(sound, done.append))
    assert span.start == pytest.approx(1, abs=0.3)
    assert done[-1] * sound.duration_s < 2 * PIECE_S


def test_another_sample_rate_is_refused(detector: SileroVoiceDetector) -> None:
    with pytest.raises(ValueError, match="16000 Hz"):
        detector.detect(Waveform(np.zeros((1, 100), np.float32), 44_100), quiet)


def test_an_empty_recording_has_no_speech(detector: SileroVoiceDetector) -> None:
    assert not [*detector.detect(silence(0), quiet)]


def test_the_threads_of_torch_come_back_where_a_piece_cannot_be_judged(detector: SileroVoiceDetector) -> None:
    def turn(work: Callable[[], T]) -> T:
        return detector._device.turn(Priority.BATCH, work)

    before = turn(torch.get_num_threads)
    turn(lambda: torch.set_num_threads(2))
    try:
        with pytest.raises(TypeError):
            detector.follow([(silence(WINDOW / 16_000).mono(), ("not a state", None))])
        assert turn(torch.get_num_threads) == 2
    finally:
        turn(lambda: torch.set_num_threads(before))
