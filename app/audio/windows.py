"""Cut a whole recording into windows at its quietest moments, for engines that make vectors."""

from collections.abc import Iterator

import numpy as np

from app.audio.waveform import Sound, Span

_FRAME_S = 0.05


def quiet_windows(sound: Sound, max_s: float, search_s: float = 5.0) -> Iterator[Span]:
    """Yield windows of at most `max_s` that cover the sound; each ends where it is quietest.

    Args:
        search_s: how far before `max_s` the quiet moment may lie; also the shortest window but the last.
    """
    start, end = 0.0, sound.duration_s
    while end - start > max_s:
        tail = sound.cut(start + max_s - search_s, start + max_s)
        samples = tail.mono()
        frame = max(1, round(_FRAME_S * tail.sample_rate))
        frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
        quietest = int(np.square(frames).mean(axis=1).argmin())
        cut = start + max_s - search_s + (quietest + 0.5) * frame / tail.sample_rate
        yield Span(start, cut)
        start = cut
    if end > start:
        yield Span(start, end)
