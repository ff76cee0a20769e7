"""The process in which yt-dlp runs, started by `player_page.py`; the guard sees every socket of it."""

import contextlib
import ipaddress
import json
import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

from app.storage.guard import AddressGuard

LOOK_S = 0.5
MEMORY_BYTES = 2**31  # of addresses


PROGRAMS = ("subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system")
SENDING = ("socket.connect", "socket.sendto", "socket.sendmsg")


def shut_in(guard: AddressGuard) -> None:
    """Let this process reach no address that the guard forbids, by whatever library of Python or program.

    The interpreter itself tells of each socket, whoever made it (PEP 578), and no hook is taken away again.
    """

    def look(event: str, args: tuple[Any, ...]) -> None:
        if event in SENDING and args[1] is not None:
            _check(guard, args[0].family, args[1])
        elif event in PROGRAMS:  # its sockets nobody would see
            raise PermissionError("no other programs")

    sys.addaudithook(look)


def _check(guard: AddressGuard, family: int, address: Any) -> None:
    if family not in (socket.AF_INET, socket.AF_INET6):
        raise PermissionError("only web addresses")
    try:
        permitted = guard.permits(ipaddress.ip_address(str(address[0]).partition("%")[0]), int(address[1]))
    except ValueError:  # a name: it would be resolved past us
        permitted = False
    if not permitted:
        raise PermissionError(f"{address[0]} is not open to downloads")


def end_with(parent: int) -> None:
    """End this process soon after its parent, which holds it to its limits, is gone, be it by `kill -9`."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_S)
        os._exit(1)

    threading.Thread(target=watch, name="konspekt-parent-watch", daemon=True).start()


def bound(max_bytes: int) -> None:
    """Bound this process, where the system can: no file past the limit, little memory, others first.

    yt-dlp reads a page whole, and unpacks it: a hostile one would fill the memory.
    """
    with contextlib.suppress(ImportError):  # Windows
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (max_bytes + 1, max_bytes + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        os.nice(5)


def main(wanted: dict[str, Any]) -> None:
    """Fetch what plays at `url` into `folder`; print the bytes expected as they become known."""
    if os.name == "posix":
        end_with(wanted["parent"])
    bound(wanted["max_bytes"])
    shut_in(AddressGuard(wanted["networks"]))
    os.environ["YTDLP_NO_PLUGINS"] = "1"
    # A C library opens sockets past this process's own; so no such library, and no other program.
    sys.modules["curl_cffi"] = None  # type: ignore[assignment]
    from yt_dlp import YoutubeDL

    def told(state: dict[str, Any]) -> None:
        print(int(state.get("total_bytes") or state.get("total_bytes_estimate") or 0), flush=True)

    options = {
        "format": "b[height<=720]/ba/b",  # one file: nothing is to be joined
        "outtmpl": str(Path(wanted["folder"]) / "recording.%(ext)s"),
        "noplaylist": True,
        "playlist_items": "1",
        "socket_timeout": wanted["idle_s"],
        "retries": 3,
        "fragment_retries": 3,
        "proxy": "",
        "cachedir": False,
        "ffmpeg_location": os.devnull,
        "external_downloader": {"default": "native"},
        "hls_prefer_native": True,
        "fixup": "never",
        "js_runtimes": {},
        "quiet": True,
        "noprogress": True,
        "progress_hooks": [told],
    }
    with YoutubeDL(options) as downloader:
        downloader.download([wanted["url"]])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
