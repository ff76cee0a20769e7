"""Recordings with a voice a channel or a track: calls, interviews with two microphones. They need no net.

Channels of one room hear everybody about equally loud. Where mostly one is much louder than others, now this
one and now that, each has a voice of its own, and who speaks is told by where it is heard.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.audio.waveform import Sound, Span, Waveform
from app.documents.diarization import Turn, speaker_id
from app.progress import Progress, part_of

FRAME_S, PIECE_S = 0.1, 30.0
LOUDER_DB = 12.0  # than the others: the voice of this channel; what is less loud there is only heard through
ALONE, EACH = 0.7, 0.05  # shares of the speech: where one channel is louder, and that each must have of it
QUIET_DB = 30.0  # below the loud parts of a recording nobody speaks
MAX_GAIN_DB, SILENCE_DB = 20.0, -100.0
GAP_S, MIN_S = 0.3, 0.2

Levels = npt.NDArray[np.float64]
Detect = Callable[[Sound], Iterable[Span]]


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of a recording as a Sound."""

    sound: Sound
    index: int

    @property
    def sample_rate(self) -> int:
        return self.sound.sample_rate

    @property
    def duration_s(self) -> float:
        return self.sound.duration_s

    def cut(self, start_s: float, end_s: float) -> Waveform:
        piece = self.sound.cut(start_s, end_s)
        return Waveform(piece.samples[self.index : self.index + 1], piece.sample_rate)


def turns_by_channel(channels: Sequence[Sound], detect: Detect, progress: Progress) -> tuple[Turn, ...]:
    """Return who speaks when, or nothing where the channels have no voices of their own.

    detect: finds the speech in one channel; it takes most of the time.
    """
    measured = part_of(progress, 0.0, 0.1)
    levels = _together([_levels(channel) for channel in channels])
    measured(1.0)
    if not voices_apart(levels):
        return ()
    spans: list[tuple[float, float, int]] = []
    for index, channel in enumerate(channels):
        heard = np.zeros(levels.shape[1], bool)
        for span in detect(channel):
            heard[round(span.start / FRAME_S) : round(span.end / FRAME_S)] = True
        own = levels[index] > levels.max(axis=0) - LOUDER_DB
        spans += [(start, end, index) for start, end in _spans(heard & own)]
        progress(0.1 + 0.9 * (index + 1) / len(channels))
    order: dict[int, int] = {}
    for _, _, index in sorted(spans):
        order.setdefault(index, len(order) + 1)
    return tuple(Turn(start, end, speaker_id(order[index])) for start, end, index in sorted(spans))


def voices_apart(levels: Levels) -> bool:
    """Tell whether each channel has a voice of its own; levels: (channels, frames) in dB."""
    if len(levels) < 2 or levels.shape[1] == 0:
        return False
    loudest = levels.max(axis=0)
    speech = loudest > np.percentile(loudest, 95) - QUIET_DB
    second = np.sort(levels, axis=0)[-2]
    alone = speech & (loudest - second > LOUDER_DB)
    owner = levels.argmax(axis=0)
    shares = [(alone & (owner == index)).sum() / speech.sum() for index in range(len(levels))]
    return bool(sum(shares) >= ALONE and min(shares) >= EACH)


def _together(levels: Sequence[Levels]) -> Levels:
    """Bring channels to one length and, as far as they are near it, to one loudness."""
    n = max(map(len, levels))
    padded = np.stack([np.pad(row, (0, n - len(row)), constant_values=SILENCE_DB) for row in levels])
    if n == 0:
        return padded
    loud = np.percentile(padded, 95, axis=1, keepdims=True)
    brought: Levels = padded + np.minimum(loud.max() - loud, MAX_GAIN_DB)
    return brought


def _levels(sound: Sound) -> Levels:
    frame = round(FRAME_S * sound.sample_rate)
    parts = []
    start = 0.0
    while start < sound.duration_s:
        samples = sound.cut(start, start + PIECE_S).mono()
        samples = np.pad(samples, (0, -len(samples) % frame))
        parts.append(np.square(samples.reshape(-1, frame), dtype=np.float64).mean(axis=1))
        start += PIECE_S
    return 10 * np.log10(np.concatenate(parts) + 1e-10) if parts else np.zeros(0)


def _spans(active: npt.NDArray[np.bool_]) -> list[tuple[float, float]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(np.int8)))
    joined: list[tuple[float, float]] = []
    for first, last in edges.reshape(-1, 2):
        start, end = float(first * FRAME_S), float(last * FRAME_S)
        if joined and start - joined[-1][1] < GAP_S:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [(start, end) for start, end in joined if end - start >= MIN_S]
