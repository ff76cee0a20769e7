"""A file that a person named for output, in a terminal: nothing that is there is lost by mistake."""

import os
import shutil
import stat
from pathlib import Path
from tempfile import mkstemp

from app.errors import N_, BadInput


def check_output(target: Path, source: Path, force: bool) -> None:
    """Refuse, before the work, what could not be written after it or would take something away.

    Devices, pipes and sockets are written into, whatever is asked.

    Raises:
        BadInput: it is the source itself, a folder, in a folder that cannot be written to, or a file that is
            there while `force` is not asked for.
    """
    if target.is_dir():
        raise BadInput(N_("%(path)s is a folder; name a file in it."), path=str(target))
    if target.exists():
        if target.samefile(source):
            raise BadInput(N_("%(path)s is the recording itself; name another file."), path=str(target))
        if target.is_file() and not force:
            raise BadInput(N_("%(path)s is already there; --force replaces it."), path=str(target))
        folder = None if os.access(target, os.W_OK) else target
    else:
        folder = target.resolve().parent
        if not folder.is_dir():
            raise BadInput(N_("There is no folder %(path)s; make it first."), path=str(folder))
        folder = None if os.access(folder, os.W_OK | os.X_OK) else folder
    if folder is not None:
        raise BadInput(N_("%(path)s cannot be written to; name another place."), path=str(folder))


def write_output(target: Path, content: bytes, force: bool) -> None:
    """Write the whole content or nothing: into a device or pipe as it is, else as one regular file.

    A file that is there keeps its name, links, owner and rights; so does the target of a symbolic link.

    Raises:
        FileExistsError: it has come meanwhile, and `force` is not asked for.
        OSError: the disk is full or the place is away.
    """
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        with target.open("wb") as device:
            device.write(content)
        return
    target = target.resolve()  # what a symbolic link leads to
    made, name = mkstemp(".part", f".{target.name[:80]}.", target.parent)
    part = Path(name)
    try:
        with os.fdopen(made, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if force and target.exists():
            _replace(target, part)
            return
        _set_default_rights(part)
        # Of two that write it at once, one is told so; a hard link is not to be had on every disk.
        target.touch(exist_ok=False)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _replace(target: Path, part: Path) -> None:
    old = target.stat()
    if old.st_nlink == 1 and (old.st_uid, old.st_gid) == (part.stat().st_uid, part.stat().st_gid):
        shutil.copymode(target, part)
        part.replace(target)
        return
    with part.open("rb") as whole, target.open("r+b") as there:
        shutil.copyfileobj(whole, there)
        there.truncate()


def _set_default_rights(part: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    part.chmod(0o666 & ~mask)
