from collections.abc import Iterator

import numpy as np
import pytest
import torch

from app.audio.waveform import Waveform
from app.engines.compute.device import Device
from app.engines.speakers.embedding import MAX_S, embed
from app.engines.speakers.segmentation import FRAME_S, WINDOW_FRAMES, Segmentation

RATE = 16_000


class Spectrum(torch.nn.Module):
    """Gives the mean of the loudest bands: voices are tones here."""

    def forward(self, mels: torch.Tensor) -> torch.Tensor:
        self.seen = mels.shape[1]
        return (mels == mels.max(dim=2, keepdim=True).values).float().mean(dim=1)


@pytest.fixture
def device() -> Iterator[Device]:
    with Device() as device:
        yield device


def tone(hz: float, seconds: float) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def active(*spans: tuple[int, float, float]) -> np.ndarray:
    frames = np.zeros((WINDOW_FRAMES, 3), bool)
    for voice, start, end in spans:
        frames[round(start / FRAME_S) : round(end / FRAME_S), voice] = True
    return frames


def test_each_voice_is_embedded_from_where_it_speaks_alone(device: Device) -> None:
    low, high = tone(300, 5), tone(2000, 5)
    sound = Waveform(np.concatenate([low, high])[None], RATE)
    frames = active((0, 0.0, 4.9), (1, 5.1, 10.0), (2, 7.0, 7.2))
    segmentation = Segmentation(np.array([0]), frames[None], WINDOW_FRAMES)
    net, seen = Spectrum(), list[float]()
    voices = embed(sound, segmentation, net, device, seen.append)  # type: ignore[arg-type]
    assert voices.voice.tolist() == [0, 1], "the third is never heard alone"
    assert voices.window.tolist() == [0, 0]
    assert voices.seconds == pytest.approx([MAX_S, MAX_S])
    assert np.linalg.norm(voices.vectors, axis=1) == pytest.approx([1, 1])
    assert voices.vectors[0] @ voices.vectors[1] < 0.1
    assert seen[-1] == 1.0


def test_what_is_too_short_has_no_embedding(device: Device) -> None:
    sound = Waveform(tone(300, 10)[None], RATE)
    segmentation = Segmentation(np.array([0]), active((0, 1.0, 1.3))[None], WINDOW_FRAMES)
    voices = embed(sound, segmentation, Spectrum(), device, lambda _: None)  # type: ignore[arg-type]
    assert len(voices.vectors) == len(voices.window) == len(voices.seconds) == 0


def test_a_window_at_the_end_of_the_sound_may_be_short(device: Device) -> None:
    sound = Waveform(tone(300, 3)[None], RATE)
    segmentation = Segmentation(np.array([0]), active((0, 0.0, 10.0))[None], 177)
    voices = embed(sound, segmentation, Spectrum(), device, lambda _: None)  # type: ignore[arg-type]
    assert voices.seconds == pytest.approx([2.98], abs=0.03)
