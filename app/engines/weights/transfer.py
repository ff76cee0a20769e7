"""Take a file from a server by its address: resumed where it broke off, and stopped at once."""

import errno
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import requests

T = TypeVar("T")

CONNECT_S, SILENCE_S = 5, 20  # until a connection that does not come, or brings nothing, is given up
LOOK_S = 0.1  # between reports; what a report raises ends the transfer
STOP_S = 1.0  # that a transfer is given to end
CHUNK_BYTES = 1 << 16
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class SourceError(Exception):
    """What was wrong at a source, in a few words for the user."""


class NoAnswerError(SourceError):
    """The source is not reached at all; asking it again soon is a waste of time."""


# huggingface-hub's own download cannot be left within two seconds: it reads blocks of 10 MB with a time-out
# of ten seconds each, and takes large files in a library that knows no cancelling. So its metadata is used
# (`hub.py`), and the bytes are taken here, the same way from every server.
def receive(
    url: str, part: Path, size_bytes: int, report: Callable[[], None], headers: dict[str, str] | None = None
) -> None:
    """Fill `part` up to `size_bytes`. Another connection is made as long as the last one brought something.

    Raises:
        NoAnswerError: the server is not reached; SourceError: it has no such file, or stops sending it.
        OSError: the file cannot be written.
    """
    while size(part) < size_bytes:
        before = size(part)
        connection = _Connection(url, part, size_bytes, headers or {})
        try:
            watched(connection.receive, report, connection.leave)
        except requests.HTTPError as error:
            if size(part) <= before:
                raise SourceError(f"answers {error.response.status_code}") from error
        except requests.RequestException as error:
            if size(part) <= before:
                raise NoAnswerError("no answer") from error


def size(path: Path) -> int:
    """Return the bytes of a file; 0: it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def watched(work: Callable[[], T], report: Callable[[], None], leave: Callable[[], None] = lambda: None) -> T:
    """Do work that blocks in a thread, and report meanwhile, so that a server that stalls holds up nobody.

    Args:
        leave: called when `report` raises; it tells the work to end. Work that does not is left alone.
    """
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001  it is raised again where the work is awaited
            done.set_exception(error)

    thread = threading.Thread(target=run, name="konspekt-fetch-weights", daemon=True)
    thread.start()
    try:
        report()  # once at least: work that fails at once is seen too, and can be cancelled
        thread.join(LOOK_S)
        while thread.is_alive():
            report()
            thread.join(LOOK_S)
    except BaseException:
        leave()
        thread.join(STOP_S)
        raise
    return done.result()


class _Connection:
    """One answer of a server."""

    def __init__(self, url: str, part: Path, size_bytes: int, headers: dict[str, str]) -> None:
        self._url, self._part, self._size_bytes, self._headers = url, part, size_bytes, headers
        self._response: requests.Response | None = None
        self._left = threading.Event()

    def leave(self) -> None:
        """Let nothing more be written, and wake whoever waits for a byte."""
        self._left.set()
        if self._response is not None:
            with suppress(RuntimeError, ValueError, OSError):  # it has ended by itself
                self._response.raw.shutdown()

    def receive(self) -> None:
        here = size(self._part)
        headers = self._headers | {"Accept-Encoding": "identity"}
        if here:
            headers["Range"] = f"bytes={here}-"
        timeout = (CONNECT_S, SILENCE_S)
        with requests.get(self._url, headers=headers, stream=True, timeout=timeout) as response:
            self._response = response
            response.raise_for_status()
            goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {here}-")
            if here and response.status_code == 206 and not goes_on:
                raise requests.ConnectionError("another part than the one asked for")
            if self._left.is_set():
                return
            with self._part.open("ab" if response.status_code == 206 else "wb") as opened:
                for chunk in response.iter_content(CHUNK_BYTES):
                    if self._left.is_set():
                        return
                    opened.write(chunk[: self._size_bytes - opened.tell()])
                    opened.flush()
                    if opened.tell() >= self._size_bytes:
                        return
        raise requests.ConnectionError("the answer ended early")
