"""Cut spans of speech into windows that a recognizer can take, at silences where there are any."""

import itertools
import math
from collections.abc import Iterable, Iterator

from app.audio.waveform import Span


def split(span: Span, max_s: float) -> Iterator[Span]:
    """Cut a span longer than `max_s` into equal parts, so that no tiny tail is left to guess words from."""
    n_parts = max(1, math.ceil(span.duration_s / max_s))
    borders = [span.start + span.duration_s * part / n_parts for part in range(n_parts)] + [span.end]
    yield from (Span(start, end) for start, end in itertools.pairwise(borders))


def pack(spans: Iterable[Span], max_s: float, max_gap_s: float = math.inf) -> tuple[Span, ...]:
    """Join spans of speech into windows of at most `max_s`, cut at the silences between them.

    Args:
        spans: in order, not overlapping.
        max_s: longest window; a longer span is split into equal parts.
        max_gap_s: a longer silence is never inside a window.
    """
    windows: list[Span] = []
    for part in itertools.chain.from_iterable(split(span, max_s) for span in spans):
        last = windows[-1] if windows else None
        if last and part.end - last.start <= max_s and part.start - last.end <= max_gap_s:
            windows[-1] = Span(last.start, part.end)
        else:
            windows.append(part)
    return tuple(windows)
