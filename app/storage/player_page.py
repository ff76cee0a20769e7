"""Fetch what a page plays, by yt-dlp where it is installed: in a process of its own, behind the guard."""

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

from app.errors import N_, BadInput
from app.storage.deadline import Deadline
from app.storage.download import TOO_SLOW, DownloadLimits
from app.storage.guard import AddressGuard

LOOK_S = 0.5
PART = ".part"
TOP = Path(__file__).parents[2]
HANDED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SYSTEMROOT",
)  # no key and no proxy of ours
NOTHING_PLAYS = N_(
    "Nothing that could be fetched was found on this page of %(host)s. Save the recording with the browser,"
    " and send the file."
)


def installed() -> bool:
    """Say whether yt-dlp is there."""
    return importlib.util.find_spec("yt_dlp") is not None


def fetch_what_plays(
    url: str,
    target: Path,
    limits: DownloadLimits,
    guard: AddressGuard,
    report: Callable[[int, int | None], None] = lambda done, total: None,
) -> None:
    """Fetch what the page at `url` plays to `target`; it appears there whole or not at all.

    Raises:
        BadInput: nothing was found, or it came too slowly; TooLarge; StorageFull; what `report` raises.
    """
    guard.check_url(url)
    prefix = f"{target.name}.page."
    for left in target.parent.glob(f"{prefix}*{PART}"):  # of a program that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=prefix, suffix=PART) as made:
        folder = Path(made)
        wanted = {
            "url": url,
            "folder": made,
            "networks": [str(network) for network in guard.allowed],
            "idle_s": limits.idle_s,
            "max_bytes": limits.max_bytes,
            "parent": os.getpid(),
        }
        command = (sys.executable, "-m", "app.storage.player_page_process", json.dumps(wanted))
        with (
            Deadline(limits.total_s) as deadline,
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=TOP,
                env={name: os.environ[name] for name in HANDED_ON if name in os.environ},
            ) as process,
        ):
            _follow(process, folder, limits, deadline, report)
        found = [path for path in folder.iterdir() if path.suffix != ".part"]
        if process.returncode or len(found) != 1 or not found[0].stat().st_size:
            raise BadInput(NOTHING_PLAYS, host=urlsplit(url).hostname or url)
        limits.check(found[0].stat().st_size, found[0].stat().st_size, folder)
        found[0].replace(target)


def _follow(
    process: "subprocess.Popen[str]",
    folder: Path,
    limits: DownloadLimits,
    deadline: Deadline,
    report: Callable[[int, int | None], None],
) -> None:
    """Hand on its progress until it ends; a page may lie about the size, so the folder is looked at."""
    lines: SimpleQueue[str] = SimpleQueue()
    reading = threading.Thread(target=_read, args=(process, lines), name="konspekt-player-page", daemon=True)
    reading.start()
    try:
        total: int | None = None
        while process.poll() is None:
            with contextlib.suppress(Empty, ValueError):
                total = int(lines.get(timeout=LOOK_S)) or None
            here = sum(path.stat().st_size for path in _files(folder))
            limits.check(here, here, folder)
            report(here, total)
            if deadline.over:
                raise BadInput(TOO_SLOW)
        here = sum(path.stat().st_size for path in _files(folder))
        limits.check(here, here, folder)  # its own limit may have ended it
    finally:
        process.kill()
        reading.join()


def _files(folder: Path) -> list[Path]:
    """Return what is there at this moment; parts come and go."""
    with contextlib.suppress(FileNotFoundError):
        return [path for path in folder.iterdir() if path.is_file()]
    return []


def _read(process: "subprocess.Popen[str]", lines: "SimpleQueue[str]") -> None:
    assert process.stdout
    for line in process.stdout:
        lines.put(line)
