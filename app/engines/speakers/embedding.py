"""Embedding: the voice of each speaker of each window as numbers, from the moments where he speaks alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from app.audio.fbank import FRAMES_PER_S, Features, fbank
from app.audio.waveform import SPEECH_RATE_HZ, Sound
from app.engines.checkpoints import NOTHING_KEPT, KeptBatches
from app.engines.compute.device import Device, Priority
from app.engines.pooling import Vector
from app.engines.speakers.segmentation import FIRST_S, FRAME_S, WINDOW, Active, Segmentation
from app.progress import Progress

if TYPE_CHECKING:
    from app.nets.campplus import CamPlusPlus

MAX_S, MIN_S = 3.0, 0.4  # of speech that an embedding is made of; of less there is none
BATCH = 4  # embeddings in a turn: about 0.5 s on one core


@dataclass(frozen=True, slots=True, eq=False)
class Voices:
    """The voices of all windows.

    window, voice: (n,) whose they are; vectors: (n, dimension) of length 1; seconds: (n,) of speech in each.
    """

    window: npt.NDArray[np.int64]
    voice: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float32]
    seconds: npt.NDArray[np.float64]


def embed(
    sound: Sound,
    segmentation: Segmentation,
    net: "CamPlusPlus",
    device: Device,
    progress: Progress,
    batches: KeptBatches = NOTHING_KEPT,
) -> Voices:
    """Embed each voice of each window that is heard alone long enough."""
    found: list[tuple[int, int, float]] = []
    vectors: list[Vector] = []
    stretches = _stretches(sound, segmentation)
    while batch := [*islice(stretches, BATCH)]:
        features = [stretch for _, _, stretch in batch]
        compute = partial(vectors_of, net, features, device.name)
        vectors += [*batches.take(partial(device.turn, Priority.BATCH, compute))]
        found += [(window, voice, len(stretch) / FRAMES_PER_S) for window, voice, stretch in batch]
        progress((found[-1][0] + 1) / len(segmentation.first))
    window, voice, seconds = np.array(found).reshape(-1, 3).T
    stacked = np.stack(vectors) if vectors else np.zeros((0, 1), np.float32)
    return Voices(window.astype(np.int64), voice.astype(np.int64), stacked, seconds)


def _stretches(sound: Sound, segmentation: Segmentation) -> Iterator[tuple[int, int, Features]]:
    """Yield window, voice and the features of what it says alone."""
    for window, (first, active) in enumerate(zip(segmentation.first, segmentation.active, strict=True)):
        alone = active & (active.sum(axis=1, keepdims=True) == 1)
        if not alone.any():
            continue
        begin_s = float(first) * FRAME_S
        features = fbank(sound.cut(begin_s, begin_s + WINDOW / SPEECH_RATE_HZ).mono())
        for voice in range(active.shape[1]):
            chosen = _chosen(alone[:, voice], len(features))
            if len(chosen) >= MIN_S * FRAMES_PER_S:
                stretch = features[chosen]
                yield window, voice, stretch - stretch.mean(axis=0)


def _chosen(alone: Active, n_features: int) -> npt.NDArray[np.int64]:
    """Return the features of the moments in which one speaks alone, those nearest to the window's middle."""
    times = (np.arange(n_features) + 0.5) / FRAMES_PER_S
    frames = np.clip(np.rint((times - FIRST_S) / FRAME_S).astype(int), 0, len(alone) - 1)
    spoken = np.flatnonzero(alone[frames])
    nearest = np.argsort(np.abs(spoken - n_features / 2), kind="stable")[: round(MAX_S * FRAMES_PER_S)]
    return np.sort(spoken[nearest])


def vectors_of(net: "CamPlusPlus", stretches: list[Features], device: str) -> Vector:
    """Return (stretches, dimension), each of length 1."""
    import torch

    with torch.inference_mode():
        rows = [net(torch.from_numpy(stretch)[None].to(device))[0].cpu().numpy() for stretch in stretches]
    return np.stack([row / np.linalg.norm(row) for row in rows]).astype(np.float32, copy=False)
