"""Uploads, for every view that takes files: written straight to their disk, in flat memory, removed after."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import IO, ParamSpec, TypeVar, cast

from flask import Flask, Request, request
from werkzeug.datastructures import FileStorage
from werkzeug.utils import cached_property

from app.config import Config
from app.errors import N_, BadInput, Overloaded, TooLarge
from app.web.core.context import konspekt
from app.web.core.disk_space import CHECK_EVERY_BYTES, full_disk_as_storage_full, look_at_the_disk

RETRY_AFTER_S = 10
SMALL_BYTES = 100_000_000  # a limit that is not told in gigabytes
SMALL_BODY_BYTES = 2 * 2**20  # for every address that does not raise it for itself
PIECE_BYTES = 2**20
FRAME_BYTES = 2**20  # what a form's other fields and the multipart frame add to its files

P = ParamSpec("P")
T = TypeVar("T")


def file_too_large(limit_bytes: int) -> TooLarge:
    if limit_bytes < SMALL_BYTES:
        return TooLarge(
            N_("The file is larger than %(limit_mb).3g MB. Cut it, or send only its sound."),
            limit_mb=limit_bytes / 1e6,
        )
    return TooLarge(
        N_("The file is larger than %(limit_gb).1f GB. Cut it, or send only its sound."),
        limit_gb=limit_bytes / 1e9,
    )


def large_body(view: Callable[P, T]) -> Callable[P, T]:
    """Let a recording be sent here, if the disk has room for it. It stands above `bp.input`.

    Only forms go to the disk, piece by piece; what else comes would be held in memory.
    """

    @wraps(view)
    def admitted(*args: P.args, **kwargs: P.kwargs) -> T:
        konspekt().jobs.admit(0, request.content_length or 0)
        if request.mimetype == "multipart/form-data":
            request.max_content_length = konspekt().config.max_upload_bytes + FRAME_BYTES
        return view(*args, **kwargs)

    return admitted


@contextmanager
def one_of_few_uploads(owner: str) -> Iterator[None]:
    """Count what a visitor is sending. Raises Overloaded where it is as much as one may send at once."""
    places = konspekt().upload_places
    if not places.take(owner):
        raise Overloaded(
            N_("You are sending as many files as one may at once. Wait until one has arrived."),
            retry_after_s=RETRY_AFTER_S,
        )
    try:
        yield
    finally:
        places.leave(owner)


class Part:
    """A file that is being received, at `path`; `write`, `read` and `seek` are what Werkzeug asks of it."""

    def __init__(self, folder: Path, max_bytes: int, disk_reserve_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{uuid.uuid4()}.part"
        self.size_bytes = 0
        self._max_bytes = max_bytes
        self._reserve_bytes = disk_reserve_bytes
        self._file = self.path.open("xb+")

    def write(self, data: bytes) -> int:
        before, self.size_bytes = self.size_bytes, self.size_bytes + len(data)
        if self.size_bytes > self._max_bytes:
            raise file_too_large(self._max_bytes)
        if before // CHECK_EVERY_BYTES != self.size_bytes // CHECK_EVERY_BYTES:
            look_at_the_disk(self.path.parent, self._reserve_bytes)
        with full_disk_as_storage_full():
            return self._file.write(data)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        with full_disk_as_storage_full():  # a seek writes what is still buffered
            return self._file.seek(offset, whence)

    def close(self) -> None:
        with full_disk_as_storage_full():
            self._file.close()

    def discard(self) -> None:
        """Remove the file, unless somebody has moved it to its place."""
        with suppress(OSError):  # on a full disk closing fails; what was buffered is not wanted
            self._file.close()
        self.path.unlink(missing_ok=True)


def body() -> Part:
    """Receive the whole body as one file, which is gone when the request is over. Raises TooLarge."""
    config, n_bytes = konspekt().config, request.content_length or 0
    konspekt().jobs.admit(0, n_bytes)
    if n_bytes > config.max_upload_bytes:
        raise file_too_large(config.max_upload_bytes)
    request.max_content_length = config.max_upload_bytes + FRAME_BYTES
    part = Part(config.incoming_dir, config.max_upload_bytes, config.disk_reserve_bytes)
    cast(list[Part], request.parts).append(part)  # type: ignore[attr-defined]  # of our class of requests
    while piece := request.stream.read(PIECE_BYTES):
        part.write(piece)
    part.close()
    return part


def received(file: FileStorage) -> Part:
    """Return the uploaded file, closed; it is gone when the request is over, unless it was moved."""
    part = file.stream
    assert isinstance(part, Part)
    part.close()
    return part


def request_class(config: Config) -> type[Request]:
    """Make the app's class of requests, whose multipart files are `Part`s and are gone when it is over."""

    class PartsRequest(Request):
        @cached_property
        def parts(self) -> list[Part]:
            return []

        def _get_file_stream(
            self,
            total_content_length: int | None,
            content_type: str | None,
            filename: str | None = None,
            content_length: int | None = None,
        ) -> IO[bytes]:
            if len(self.parts) >= config.max_files:
                raise BadInput(N_("Send at most %(n)d files at once."), n=config.max_files)
            part = Part(config.incoming_dir, config.max_upload_bytes, config.disk_reserve_bytes)
            self.parts.append(part)
            return cast(IO[bytes], part)

        def close(self) -> None:
            """Remove what was received and not taken, also when the client went away in the middle."""
            super().close()
            for part in self.parts:
                part.discard()

    return PartsRequest


def init_app(app: Flask, config: Config) -> None:
    app.request_class = request_class(config)
    app.config.setdefault("MAX_CONTENT_LENGTH", SMALL_BODY_BYTES)
    if app.config["MAX_CONTENT_LENGTH"] is None:
        app.config["MAX_CONTENT_LENGTH"] = SMALL_BODY_BYTES
