"""How work tells how far it is, and how it is stopped."""

from collections.abc import Callable

Progress = Callable[[float], None]
"""Reports 0..1 within a stage. Raises JobCancelled, so call it often: it is also how a job is stopped."""


def part_of(progress: Progress, start: float, end: float) -> Progress:
    """Return the progress of a part of the work: its 0..1 is reported as `start`..`end` of the whole."""
    return lambda done: progress(start + (end - start) * done)


def onward(progress: Progress) -> Progress:
    """Return a progress that never goes back, for parts of the work that take turns."""
    furthest = 0.0

    def report(done: float) -> None:
        nonlocal furthest
        furthest = max(furthest, done)
        progress(furthest)

    return report
