"""Files that appear whole or not at all."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp


@contextmanager
def atomic_write(target: Path, *, shared: bool = False) -> Iterator[Path]:
    """Give a path beside `target` to write to; it becomes `target`, safely on disk, if nothing was raised.

    shared: several processes may write the target at once; each has a path of its own, the last has its way.
    """
    own = f".{uuid.uuid4().hex}" if shared else ""
    part = target.with_name(f"{target.name}{own}.part")
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
        _sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)


def write_secret(target: Path, text: str) -> None:
    """Write a file that only this user can read; of several who do so at once, the first has its way.

    Each writes beside it under a name of its own, so nobody meets half a file or takes away another's.
    """
    made, part = mkstemp(".part", target.name + ".", target.parent)
    try:
        with os.fdopen(made, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(part, target)
    finally:
        Path(part).unlink()


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
