"""Segmentation: in windows of ten seconds, which of up to three voices speak at each moment.

The voices of a window have numbers of that window only; `clustering.py` finds which are the same person.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from app.audio.waveform import SPEECH_RATE_HZ, Samples, Sound
from app.engines.checkpoints import NOTHING_KEPT, KeptBatches
from app.engines.compute.device import Device, Priority
from app.progress import Progress

if TYPE_CHECKING:
    from app.nets.segmentation import SegmentationNet

FRAME = 270  # samples from one decision of the net to the next
FRAME_S = FRAME / SPEECH_RATE_HZ
FIRST_S = 495 / SPEECH_RATE_HZ  # centre of what the net hears for its first decision
WINDOW_FRAMES, STEP_FRAMES = 589, 148  # 10 s, 2.5 s
WINDOW = 10 * SPEECH_RATE_HZ
BATCH = 8  # windows in a turn: about 0.4 s on one core

Active = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """Who speaks in each window.

    first: (windows,) the number of each window's first frame in the recording; active: (windows,
    WINDOW_FRAMES, voices); n_frames: of the whole recording.
    """

    first: npt.NDArray[np.int64]
    active: Active
    n_frames: int


def window_starts(n_samples: int) -> list[int]:
    """Return the frames where windows begin; the last one ends with the sound."""
    last = max(0, -(-(n_samples - WINDOW) // FRAME))
    return [*range(0, last, STEP_FRAMES), last]


def segment(
    sound: Sound,
    net: "SegmentationNet",
    device: Device,
    progress: Progress,
    batches: KeptBatches = NOTHING_KEPT,
) -> Segmentation:
    """Segment 16 kHz sound of any length, reading it piece by piece."""
    n_samples = round(sound.duration_s * SPEECH_RATE_HZ)
    starts = window_starts(n_samples)
    active: list[Active] = []
    for first in range(0, len(starts), BATCH):
        windows = np.stack([_window(sound, start) for start in starts[first : first + BATCH]])
        compute = partial(_activity, net, windows, device.name)
        active.append(batches.take(partial(device.turn, Priority.BATCH, compute)))
        progress(min(1.0, (first + BATCH) / len(starts)))
    n_frames = min(starts[-1] + WINDOW_FRAMES, max(1, n_samples // FRAME))
    return Segmentation(np.array(starts), np.concatenate(active), n_frames)


def _window(sound: Sound, start: int) -> Samples:
    begin_s = start * FRAME_S
    samples = sound.cut(begin_s, begin_s + WINDOW / SPEECH_RATE_HZ).mono()[:WINDOW]
    padded: Samples = np.pad(samples, (0, WINDOW - len(samples)))
    return padded


def _activity(net: "SegmentationNet", windows: Samples, device: str) -> Active:
    import torch

    from app.nets.segmentation import activity

    with torch.inference_mode():
        found: Active = activity(net(torch.from_numpy(windows).to(device))).cpu().numpy()
    return found
