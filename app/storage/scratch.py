"""Folders of each process for itself, where files stand in a bucket: the first that no other process has.

A process that is started again finds what the one before has left, as far as it is still good. Uploads in
flight are in a folder that all processes of a machine share, so any of them takes the next piece of one.
"""

import fcntl
from itertools import count
from pathlib import Path
from typing import BinaryIO

from app.config import Config

_held: list[BinaryIO] = []  # until the process ends, or the last that was forked from it


def with_own_folders(config: Config) -> Config:
    """Return settings whose folders of uploads and results are this process's alone."""
    for number in count(1):
        name = f"process-{number}"
        uploads, results = config.uploads_dir / name, config.results_dir / name
        for folder in (uploads, results):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (uploads / "lock").open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        _held.append(lock)
        incoming = config.incoming_dir
        incoming.mkdir(mode=0o700, exist_ok=True)
        if not (uploads / incoming.name).is_symlink():
            (uploads / incoming.name).symlink_to(Path("..", incoming.name))
        return config.model_copy(update={"uploads_dir": uploads, "results_dir": results})
    raise AssertionError("numbers do not end")
