"""Uploads that come in pieces."""

import io
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

from app.config import Config
from app.errors import Conflict, NotFound, Overloaded, StorageFull
from app.web.core import partial_uploads
from app.web.core.partial_uploads import PartialUploads


class CutOff(io.BytesIO):
    """A body whose sender goes away when its bytes are over."""

    def read(self, size: int | None = -1) -> bytes:
        if data := super().read(size):
            return data
        raise ConnectionError


@pytest.fixture
def make_uploads(tmp_path: Path) -> Callable[..., PartialUploads]:
    def make(**settings: object) -> PartialUploads:
        own = {"uploads_dir": tmp_path, "disk_reserve_bytes": 0}
        return PartialUploads(Config(_env_file=None, **{**own, **settings}))  # type: ignore[arg-type]

    return make


@pytest.fixture
def uploads(make_uploads: Callable[..., PartialUploads]) -> PartialUploads:
    return make_uploads()


def test_pieces_become_the_file(uploads: PartialUploads, make_uploads: Callable[..., PartialUploads]) -> None:
    upload = uploads.create("anna", "совет.mp4", 10)
    uploads.append(upload, 0, io.BytesIO(b"01234"))
    after_a_restart = make_uploads()
    again = after_a_restart.get("anna", upload.id)
    assert (again, again.n_arrived) == (upload, 5)
    after_a_restart.append(again, 5, io.BytesIO(b"56789 and more than was said"))
    assert upload.data.read_bytes() == b"0123456789"


def test_what_came_before_the_connection_was_lost_is_kept(uploads: PartialUploads) -> None:
    upload = uploads.create("anna", "x", 10)
    with pytest.raises(ConnectionError):
        uploads.append(upload, 0, CutOff(b"0123"))
    assert upload.data.read_bytes() == b"0123"
    uploads.append(upload, 4, io.BytesIO(b"456789"))
    assert upload.n_arrived == 10


def test_a_program_that_is_started_meanwhile_does_not_keep_the_upload(uploads: PartialUploads) -> None:
    """Between fork and exec a child has what its parent has opened: a copy, as `dup` makes one."""
    upload = uploads.create("anna", "x", 10)
    with uploads.held(upload):
        lock = str(upload.folder / "lock")
        opened = [int(fd.name) for fd in Path("/proc/self/fd").iterdir() if _target(fd) == lock]
        copies = [os.dup(fd) for fd in opened]
    try:
        assert len(copies) == 1
        with uploads.held(upload):
            pass
    finally:
        for fd in copies:
            os.close(fd)


def _target(fd: Path) -> str:
    """Say what is opened. "": it was closed since."""
    with suppress(OSError):
        return str(fd.readlink())
    return ""


@pytest.mark.parametrize("at", [0, 3, 5, 10**18])
def test_a_piece_elsewhere_changes_nothing(uploads: PartialUploads, at: int) -> None:
    upload = uploads.create("anna", "x", 10)
    uploads.append(upload, 0, io.BytesIO(b"0123"))
    with pytest.raises(Conflict):
        uploads.append(upload, at, io.BytesIO(b"xxxx"))
    assert upload.data.read_bytes() == b"0123"


def test_two_do_not_write_at_once(uploads: PartialUploads) -> None:
    upload = uploads.create("anna", "x", 10)

    class Meanwhile(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            with pytest.raises(Conflict):
                uploads.append(upload, 0, io.BytesIO(b"other"))
            return super().read(size)

    piece: IO[bytes] = Meanwhile(b"0123")
    uploads.append(upload, 0, piece)
    assert upload.data.read_bytes() == b"0123"


@pytest.mark.parametrize("name", ["0" * 32, "..", "", "x" * 4000, "../../etc", "0" * 31 + "\0"])
def test_unknown_foreign_and_spoilt_are_not_there(uploads: PartialUploads, name: str) -> None:
    upload = uploads.create("anna", "x", 10)
    for owner, upload_id in (("anna", name), ("boris", upload.id), ("", upload.id)):
        with pytest.raises(NotFound):
            uploads.get(owner, upload_id)
    (upload.folder / "upload.json").write_text(json.dumps({"owner": "anna"}))
    with pytest.raises(NotFound):
        uploads.get("anna", upload.id)


def test_a_visitor_begins_so_many(uploads: PartialUploads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partial_uploads, "MOST_OF_ONE", 2)
    first, _ = uploads.create("anna", "x", 1), uploads.create("anna", "x", 1)
    with pytest.raises(Overloaded):
        uploads.create("anna", "x", 1)
    uploads.create("boris", "x", 1)
    uploads.remove(first)
    uploads.create("anna", "x", 1)


def test_no_byte_is_written_where_the_disk_is_too_full(make_uploads: Callable[..., PartialUploads]) -> None:
    uploads = make_uploads(disk_reserve_bytes=2**62)
    upload = uploads.create("anna", "x", 10)
    with pytest.raises(StorageFull):
        uploads.append(upload, 0, io.BytesIO(b"0123"))
    assert upload.n_arrived == 0
