"""Several recordings in one ZIP, written while it is sent: the first bytes come before the last is made."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import request
from flask_babel import gettext

from app.documents import archive
from app.documents.downloads import every, file_stem
from app.errors import AppError
from app.jobs.job import Job
from app.web.core import documents
from app.web.core.context import konspekt
from app.web.core.errors import translate


class _Outlet(io.RawIOBase):
    """Takes what a ZIP writes, and gives it away; without `seek`, so that no byte is written twice."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self._written += memoryview(data)  # type: ignore[arg-type]
        return len(memoryview(data))  # type: ignore[arg-type]

    def drain(self) -> bytes:
        drained = bytes(self._written)
        self._written.clear()
        return drained


def packed(jobs: Sequence[Job]) -> Iterator[bytes]:
    """Yield a ZIP with a folder for each recording; what could not be packed is said in a file of its own."""
    outlet = _Outlet()
    holder, names, missing = request.remote_addr or "", set[str](), []
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as packing:
        for job in jobs:
            folder = _folder(job.name, names)
            try:
                with konspekt().turns.turn(holder):
                    for file, content in _documents(job):
                        _write(packing, f"{folder}/{file}", content)
                        yield outlet.drain()
            except AppError as error:
                missing.append(f"{job.name}: {translate(error)}")
        if missing:
            name = gettext("not packed")
            _write(packing, f"{name}.txt", "\n".join(missing).encode("utf-8-sig"))
    yield outlet.drain()


def _documents(job: Job) -> Iterator[tuple[str, bytes]]:
    return every(*documents.made(job))


def _folder(name: str, taken: set[str]) -> str:
    """Name a recording's folder; two of the same name get two."""
    stem = file_stem(name) or "recording"
    folder, number = stem, 2
    while folder.casefold() in taken:
        folder, number = f"{stem} ({number})", number + 1
    taken.add(folder.casefold())
    return folder


def _write(packing: zipfile.ZipFile, name: str, content: bytes) -> None:
    packing.writestr(archive.entry(name, datetime.now()), content)
