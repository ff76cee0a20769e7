"""The ffmpegs that the program under test has started, and has not let go of."""

import contextlib

import psutil


def ffmpegs_running(parent: int | None = None) -> list[psutil.Process]:
    """Return those of a process, this one unless told otherwise.

    Servers and browsers of other tests, and what those start, are not among them.
    """
    found = []
    for child in psutil.Process(parent).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if child.name().startswith("ffmpeg"):
                found.append(child)
    return found
