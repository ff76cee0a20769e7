"""How work tells how far it is, and how it is stopped."""

from collections.abc import Callable

Progress = Callable[[float], None]
"""Reports 0..1 within a stage. Raises JobCancelled, so call it often: it is also how a job is stopped."""


def part_of(progress: Progress, start: float, end: float) -> Progress:
    """Return the progress of a part of the work: its 0..1 is reported as `start`..`end` of the whole."""
    return lambda done: progress(start + (end - start) * done)
