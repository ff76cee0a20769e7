"""Recordings with a voice a channel or a track: calls, interviews with two microphones. They need no net.

Channels of one room hear everybody about equally loud. Where mostly one is much louder than others, now this
one and now that, each has a voice of its own, and who speaks is told by where it is heard.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from app.audio.waveform import Sound, Span, Waveform
from app.documents.diarization import Turn, speaker_id
from app.progress import Progress, part_of

FRAME_S, PIECE_S = 0.1, 30.0
LOUDER_DB = 12.0  # than the others: the voice of this channel; what is less loud there is only heard through
ALONE, EACH = 0.7, 0.05  # shares of the speech: where one channel is louder, and that each must have of it
QUIET_DB = 30.0  # below the loud parts of a recording nobody speaks
MAX_GAIN_DB, SILENCE_DB = 20.0, -100.0
GAP_S, MIN_S = 0.3, 0.2
# For `hear_different_people`: below the loud parts, seconds, correlation, frames
BOTH_DB, BOTH_S, TOGETHER, SMOOTH, MAX_LAG = 20.0, 3.0, 0.45, 11, 5

Levels = npt.NDArray[np.float64]
Detect = Callable[[Sound], Iterable[Span]]


@dataclass(frozen=True, slots=True, order=True)
class Spoken:
    """A stretch, in s, in which somebody speaks into a channel."""

    start: float
    end: float
    channel: int


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
    spoken = own_speech(channels, detect, progress)
    ids = speaker_ids(spoken)
    return tuple(Turn(part.start, part.end, ids[part.channel]) for part in spoken)


def own_speech(
    channels: Sequence[Sound],
    detect: Detect,
    progress: Progress,
    are_apart: Callable[[Levels], bool] | None = None,
) -> tuple[Spoken, ...]:
    """Return what is said into each channel, in order of time, without what is only heard through there.

    are_apart: by their levels, whether the channels are to be looked at; by default `voices_apart`.
    """
    measured = part_of(progress, 0.0, 0.1)
    levels = _together([_levels(channel) for channel in channels])
    measured(1.0)
    if not (are_apart or voices_apart)(levels):
        return ()
    spoken: list[Spoken] = []
    for index, channel in enumerate(channels):
        heard = np.zeros(levels.shape[1], bool)
        for span in detect(channel):
            heard[round(span.start / FRAME_S) : round(span.end / FRAME_S)] = True
        own = levels[index] > levels.max(axis=0) - LOUDER_DB
        spoken += [Spoken(start, end, index) for start, end in _spans(heard & own)]
        progress(0.1 + 0.9 * (index + 1) / len(channels))
    return tuple(sorted(spoken))


def speaker_ids(spoken: Sequence[Spoken]) -> dict[int, str]:
    """Number the channels in the order in which they are first spoken into."""
    order = dict.fromkeys(part.channel for part in spoken)
    return {channel: speaker_id(number) for number, channel in enumerate(order, 1)}


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


def hear_different_people(levels: Levels) -> bool:
    """Tell whether channels hear different people at the same time; levels: (channels, frames) in dB.

    What comes of one source rises and falls together, also where it is less loud, echoes or comes later.
    Measured on 11 recordings of speech, by levels less their mean over a second: through a microphone
    elsewhere in the room, or loudspeakers and 150 ms of line, they correlate by .52 to .91; two different
    recordings by .3 at most.
    """
    if len(levels) < 2 or levels.shape[1] < SMOOTH:
        return False
    loud = levels > np.percentile(levels, 95, axis=1, keepdims=True) - BOTH_DB
    around = sliding_window_view(np.pad(levels, ((0, 0), (SMOOTH // 2, SMOOTH // 2)), "edge"), SMOOTH, axis=1)
    fast = levels - around.mean(axis=2)
    pairs = combinations(range(len(levels)), 2)
    return any(_correlation(fast[[*pair]], loud[[*pair]]) < TOGETHER for pair in pairs)


def _correlation(levels: Levels, loud: npt.NDArray[np.bool_]) -> float:
    """Return the highest correlation of two channels, one of them later; 1: they are seldom loud together."""
    found = [1.0] if (loud[0] & loud[1]).sum() * FRAME_S < BOTH_S else []
    n = levels.shape[1]
    for lag in range(-MAX_LAG, MAX_LAG + 1):
        one, other = slice(max(0, lag), n + min(0, lag)), slice(max(0, -lag), n + min(0, -lag))
        both = loud[0, one] & loud[1, other]
        if both.sum() * FRAME_S >= BOTH_S:
            found.append(float(np.corrcoef(levels[0, one][both], levels[1, other][both])[0, 1]))
    return max(found)


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
