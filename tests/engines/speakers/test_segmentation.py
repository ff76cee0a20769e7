from collections.abc import Iterator

import numpy as np
import pytest
import torch

from app.audio.waveform import Waveform
from app.engines.compute.device import Device
from app.engines.speakers.segmentation import FRAME_S, WINDOW, WINDOW_FRAMES, segment, window_starts
from app.errors import JobCancelled
from app.nets.segmentation import SETS


class Loudness(torch.nn.Module):
    """Hears voice 0 where it is loud, two voices where it is very loud, else nobody."""

    def forward(self, sound: torch.Tensor) -> torch.Tensor:
        frames = sound[:, 360 : 360 + 270 * WINDOW_FRAMES].unfold(1, 270, 270).abs().mean(-1)
        chosen = (frames > 0.1).long() + 3 * (frames > 0.5).long()  # of SETS: (), (0,), (0, 1)
        return torch.nn.functional.one_hot(chosen, len(SETS)).float()


@pytest.fixture
def device() -> Iterator[Device]:
    with Device() as device:
        yield device


def blocks(*levels: float) -> Waveform:
    """Return seconds of the given levels."""
    return Waveform(np.repeat(np.float32(levels), 16_000)[None], 16_000)


@pytest.mark.parametrize("seconds", [0.2, 9.99, 10.0, 10.01, 12.5, 61.3])
def test_windows_cover_all_of_the_sound(seconds: float) -> None:
    n = round(seconds * 16_000)
    starts = window_starts(n)
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert starts[-1] * 270 + WINDOW >= n
    assert starts[-1] * 270 + WINDOW - n < max(270, WINDOW - n + 1)


def test_every_window_says_who_speaks_in_it(device: Device) -> None:
    sound = blocks(*[0.0] * 3, *[0.3] * 4, *[0.8] * 5, *[0.0] * 5)
    found = segment(sound, Loudness(), device, lambda _: None)  # type: ignore[arg-type]
    assert found.active.shape == (len(found.first), WINDOW_FRAMES, 3)
    for first, active in zip(found.first, found.active, strict=True):
        times = (first + np.arange(WINDOW_FRAMES)) * FRAME_S + 0.031
        surely = np.abs(times[:, None] - [3, 7, 12]).min(axis=1) > 0.05
        assert (active[surely, 0] == ((times > 3) & (times < 12))[surely]).all()
        assert (active[surely, 1] == ((times > 7) & (times < 12))[surely]).all()
        assert not active[:, 2].any()


def test_progress_grows_to_the_end_and_a_cancel_stops_it(device: Device) -> None:
    seen: list[float] = []
    segment(blocks(*[0.3] * 60), Loudness(), device, seen.append)  # type: ignore[arg-type]
    assert seen == sorted(seen)
    assert len(seen) > 2
    assert seen[-1] == 1.0

    def cancelled(_: float) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        segment(blocks(*[0.3] * 60), Loudness(), device, cancelled)  # type: ignore[arg-type]
