"""Fetch a file by its web address: guarded, capped, resumed where it broke off."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import urllib3

from app.errors import N_, BadInput, StorageFull, TooLarge
from app.storage.deadline import Deadline
from app.storage.guard import AddressGuard

CHUNK_BYTES = 1 << 18
MAX_DIGITS = 20  # of a length; Python reads no number of more than 4,300
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
TOO_SLOW = N_("The server is too slow: the file did not arrive in the time allowed.")
_BRIEF = frozenset({408, 425, 429, 500, 502, 503, 504})  # answers that may be different the next time


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """max_bytes: of the file; total_s: for everything; idle_s: without a byte; attempts: connections."""

    max_bytes: int
    total_s: float = 3600
    idle_s: float = 20
    attempts: int = 4
    redirects: int = 3
    backoff_s: float = 0.5
    reserve_bytes: int = 0

    def check(self, n_bytes: int, here: int, folder: Path) -> None:
        """Refuse a file of `n_bytes`, of which `here` are in `folder`. Raises TooLarge, StorageFull."""
        if n_bytes > self.max_bytes:
            raise TooLarge(
                N_("The file is larger than %(megabytes)s MB. Cut it or compress it."),
                megabytes=self.max_bytes // 10**6,
            )
        if shutil.disk_usage(folder).free < self.reserve_bytes + max(0, n_bytes - here):
            raise StorageFull(N_("The disk is full. Delete old results or wait until they expire."))


@dataclass(frozen=True, slots=True)
class Downloaded:
    path: Path
    size_bytes: int
    sha256: str
    url: str
    name: str


class _BrokenOffError(Exception):
    """The transfer broke off; another attempt may go on from here."""


def download(
    url: str,
    target: Path,
    limits: DownloadLimits,
    guard: AddressGuard,
    report: Callable[[int, int | None], None] = lambda done, total: None,
) -> Downloaded:
    """Fetch `url` to `target`; it appears there whole or not at all.

    What has come is kept in `<target>.part` while attempts last, also over a killed process, and the
    next attempt asks only for the rest (RFC 9110 section 14, with If-Range).

    Args:
        report: called with the bytes that are here and the bytes in all, if the server said; may raise.

    Raises:
        BadInput: the address, the server's answer or the file is not usable; TooLarge; StorageFull.
    """
    with Deadline(limits.total_s) as deadline:
        transfer = _Transfer(url, target, limits, guard, report, deadline)
        for attempt in range(limits.attempts):
            if attempt:
                transfer.rest(attempt)
            try:
                return transfer.attempt()
            except (_BrokenOffError, urllib3.exceptions.HTTPError) as error:
                failure = error
                if deadline.over:
                    raise BadInput(TOO_SLOW) from error
    raise BadInput(
        N_("The file could not be fetched from %(host)s: the connection broke off. Try again later."),
        host=urlsplit(url).hostname or url,
    ) from failure


class _Transfer:
    """One file on its way, over as many connections as it takes."""

    def __init__(
        self,
        url: str,
        target: Path,
        limits: DownloadLimits,
        guard: AddressGuard,
        report: Callable[[int, int | None], None],
        deadline: Deadline,
    ) -> None:
        self.url, self.target, self.limits, self.guard, self.report = url, target, limits, guard, report
        self.part = target.with_name(target.name + ".part")
        self.note = target.with_name(target.name + ".part.json")
        self.deadline = deadline

    def attempt(self) -> Downloaded:
        """Open a connection and take what is missing."""
        here, validator = self._kept()
        headers = {"Accept-Encoding": "identity", "User-Agent": "Konspekt"}
        if here and validator:
            headers |= {"Range": f"bytes={here}-", "If-Range": validator}
        pool = self.guard.pool(self.deadline)
        try:
            response, url = self._open(pool, headers)
            try:
                total = self._plan(response, here)
                self._receive(response, total)
            finally:
                response.close()
        finally:
            pool.clear()
        return self._finish(url)

    def rest(self, attempt: int) -> None:
        """Wait a little longer before each further attempt, within the time that is left."""
        pause = min(self.limits.backoff_s * 2 ** (attempt - 1), self.deadline.left_s)
        self.report(self._here(), None)
        time.sleep(pause)

    def discard(self) -> None:
        self.part.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def _open(
        self, pool: urllib3.PoolManager, headers: dict[str, str]
    ) -> tuple[urllib3.BaseHTTPResponse, str]:
        url = self.url
        for _ in range(self.limits.redirects + 1):
            self.guard.check_url(url)
            response = pool.request(
                "GET", url, headers=headers, redirect=False, retries=False, preload_content=False,
                decode_content=False, timeout=urllib3.Timeout(connect=10, read=self.limits.idle_s),
            )  # fmt: skip
            if response.status not in _REDIRECTS:
                return response, url
            response.close()
            try:
                url = urljoin(url, response.headers.get("Location", ""))
            except ValueError as error:
                raise BadInput(N_("The address leads to one that is not a web address.")) from error
        raise BadInput(N_("The address leads from one address to another too often. Give the final one."))

    def _plan(self, response: urllib3.BaseHTTPResponse, here: int) -> int | None:
        """Decide from the answer where to go on, and how much there is in all (None: not said)."""
        status, length = response.status, response.headers.get("Content-Length", "")
        rest = int(length) if length.isdecimal() and len(length) < MAX_DIGITS else None
        if status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {here}-"):
            total = None if rest is None else here + rest
        elif status == 200:
            self.discard()
            total = rest
        elif status in (206, 416):
            self.discard()
            raise _BrokenOffError("the server cannot go on where it broke off")
        elif status in _BRIEF:
            raise _BrokenOffError(f"status {status}")
        else:
            raise BadInput(
                N_("The server answered %(status)s for this address. Check the link, and that it is public."),
                status=status,
            )
        self._check_size(total or 0)
        validator = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
        strong = "" if validator.startswith("W/") else validator
        self.note.write_text(json.dumps({"url": self.url, "validator": strong}), "utf-8")
        return total

    def _receive(self, response: urllib3.BaseHTTPResponse, total: int | None) -> None:
        here = self._here()
        with self.part.open("ab") as part:
            while data := response.read1(CHUNK_BYTES):
                here += len(data)
                self._check_size(here)
                part.write(data)
                self.report(here, total)
            part.flush()
            os.fsync(part.fileno())
        if self.deadline.over:  # after the deadline the end of the data may be our own closing of the socket
            raise BadInput(TOO_SLOW)
        if total is not None and here < total:
            raise _BrokenOffError(f"{here} of {total} bytes")

    def _finish(self, url: str) -> Downloaded:
        size = self._here()
        if size == 0:
            self.discard()
            raise BadInput(N_("The server sent an empty file. Check the link."))
        with self.part.open("rb") as part:
            digest = hashlib.file_digest(part, "sha256").hexdigest()
        self.part.replace(self.target)
        self.note.unlink(missing_ok=True)
        name = unquote(urlsplit(url).path).rpartition("/")[2]
        return Downloaded(self.target, size, digest, url, name or urlsplit(url).hostname or "download")

    def _kept(self) -> tuple[int, str]:
        """Return the bytes of an earlier attempt and what proves that they are of the same file."""
        try:
            note = json.loads(self.note.read_text("utf-8"))
        except (OSError, ValueError):
            note = {}
        if note.get("url") != self.url or not note.get("validator") or not self.part.exists():
            self.discard()
            return 0, ""
        return self._here(), note["validator"]

    def _here(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _check_size(self, n_bytes: int) -> None:
        try:
            self.limits.check(n_bytes, self._here(), self.part.parent)
        except TooLarge:
            self.discard()
            raise
