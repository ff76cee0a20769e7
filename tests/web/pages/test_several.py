"""Several recordings in one ZIP."""

import io
import zipfile

import pytest

from app.errors import StorageUnavailable
from app.web.core import documents
from tests.web.visitor import Visitor


def get(visitor: Visitor, *ids: str) -> zipfile.ZipFile:
    with visitor.client.get("/recordings/zip", query_string={"id": ids}) as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "application/zip"
        return zipfile.ZipFile(io.BytesIO(answer.data))


def test_each_recording_is_a_folder_with_all_its_documents(anna: Visitor) -> None:
    jobs = [anna.done(name) for name in ("Совет.mp4", "совет.mp4", "../../etc/passwd")]
    archive = get(anna, *(job.id for job in jobs))
    assert archive.testzip() is None
    folders = {name.partition("/")[0] for name in archive.namelist()}
    assert len(folders) == 3
    assert not any(name.startswith((".", "/")) or ".." in name for name in archive.namelist())
    assert all(entry.flag_bits & 0x800 or entry.filename.isascii() for entry in archive.infolist())
    own = [name for name in archive.namelist() if name.startswith("Совет.mp4/")]
    assert {name.rpartition(".")[2] for name in own} >= {
        "docx",
        "pdf",
        "txt",
        "md",
        "json",
        "srt",
        "vtt",
        "csv",
    }
    assert "совещание" not in archive.read(next(name for name in own if name.endswith(".srt"))).decode()


def test_what_could_not_be_packed_is_said(anna: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    there, away = anna.done("there.mp4"), anna.done("away.mp4")
    made = documents.made

    def sometimes(job: object) -> object:
        if job == away:
            raise StorageUnavailable("The storage does not answer.")
        return made(job)  # type: ignore[arg-type]

    monkeypatch.setattr(documents, "made", sometimes)
    archive = get(anna, there.id, away.id)
    assert "away.mp4: The storage does not answer." in archive.read("not packed.txt").decode("utf-8-sig")
    assert any(name.startswith("there.mp4/") for name in archive.namelist())


def test_what_has_no_text_yet_is_not_packed(anna: Visitor) -> None:
    waiting = anna.send("later.mp4")
    assert anna.client.get("/recordings/zip", query_string={"id": waiting.id}).status_code == 422
