import io
import subprocess
import sys
import time
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given

from app.documents.downloads import DOWNLOADS, MAX_NAME_BYTES, download_name, formats
from app.documents.sanitize import title_of
from tests.documents.meetings import MEETINGS, russian, silent
from tests.documents.texts import ANY

# django/tests/file_uploads/tests.py, CANDIDATE_TRAVERSAL_FILE_NAMES
TRAVERSALS = (
    "/tmp/hax0rd.txt",
    "C:\\Windows\\hax0rd.txt",
    "C:/Windows/hax0rd.txt",
    "\\tmp\\hax0rd.txt",
    "/tmp\\hax0rd.txt",
    "subdir/hax0rd.txt",
    "subdir\\hax0rd.txt",
    "sub/dir\\hax0rd.txt",
    "../../hax0rd.txt",
    "..\\..\\hax0rd.txt",
    "../..\\hax0rd.txt",
    "..&#x2F;hax0rd.txt",
    "..&sol;hax0rd.txt",
)


def test_the_page_offers_word_first() -> None:
    assert list(DOWNLOADS)[:2] == ["minutes.docx", "minutes.pdf"]


@pytest.mark.parametrize("file_name", DOWNLOADS)
def test_every_download_can_be_had_of_every_meeting(file_name: str) -> None:
    download = DOWNLOADS[file_name]
    for meeting in (*MEETINGS.values(), silent):
        for locale in ("ru", "en"):
            assert download.render(meeting(), locale)
            assert download_name(meeting().title, file_name, locale).endswith(file_name.partition(".")[2])


@pytest.mark.parametrize("file_name", DOWNLOADS)
def test_every_download_is_the_same_bytes_at_any_time(
    file_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told by its content (a watched folder, an ETag) must not be told apart by the clock."""
    first = DOWNLOADS[file_name].render(russian(), "ru")
    later = time.localtime(time.time() + 100_000)
    monkeypatch.setattr(time, "localtime", lambda *_: later)
    assert DOWNLOADS[file_name].render(russian(), "ru") == first


@pytest.mark.parametrize("file_name", [name for name, download in DOWNLOADS.items() if download.text])
def test_every_text_ends_with_one_newline(file_name: str) -> None:
    for meeting in (*MEETINGS.values(), silent):
        text = DOWNLOADS[file_name].render(meeting(), "ru").decode().replace("\r\n", "\n")
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert "\r" not in text


def test_formats_are_listed_by_kind() -> None:
    assert formats("minutes") == ("docx", "pdf", "txt", "md", "json")
    assert formats("transcript") == ("pdf", "txt", "srt", "vtt", "md", "json")


def test_minutes_are_offered_once_they_are_written() -> None:
    without = replace(russian(), minutes=None)
    ready = [file_name for file_name, download in DOWNLOADS.items() if download.ready(without)]
    assert ready == [
        file_name for file_name in DOWNLOADS if file_name.startswith(("transcript", "everything"))
    ]
    assert all(download.ready(russian()) for download in DOWNLOADS.values())


def test_everything_is_every_document_that_is_ready_under_its_own_name() -> None:
    for document in (russian(), replace(russian(), minutes=None)):
        packed = zipfile.ZipFile(io.BytesIO(DOWNLOADS["everything.zip"].render(document, "ru")))
        ready = [name for name, one in DOWNLOADS.items() if one.ready(document) and name != "everything.zip"]
        assert packed.namelist() == [download_name(document.title, name, "ru") for name in ready]
        srt = packed.read(download_name(document.title, "transcript.srt", "ru"))
        assert srt == DOWNLOADS["transcript.srt"].render(document, "ru")


@pytest.mark.parametrize("file_name", ["minutes.txt", "transcript.txt"])
def test_old_notepad_reads_a_russian_text(file_name: str) -> None:
    content = DOWNLOADS[file_name].render(russian(), "ru")
    assert content.startswith("\ufeff".encode())
    assert content.count(b"\n") == content.count(b"\r\n") > 5
    assert content.endswith(b"\r\n")


@pytest.mark.parametrize("file_name", ["transcript.srt", "transcript.vtt", "transcript.json", "minutes.md"])
def test_what_programs_read_has_no_mark_and_bare_newlines(file_name: str) -> None:
    content = DOWNLOADS[file_name].render(russian(), "ru")
    assert not content.startswith("\ufeff".encode())
    assert b"\r" not in content
    assert content.decode().endswith("\n")


def test_a_download_is_named_as_its_reader_would() -> None:
    assert (
        download_name("Совещание по бюджету", "minutes.docx", "ru") == "Совещание по бюджету — протокол.docx"
    )
    assert download_name("Release sync", "transcript.srt", "en") == "Release sync — transcript.srt"
    assert download_name("", "minutes.txt", "ru") == "Запись — протокол.txt"


@pytest.mark.parametrize("title", ["con", "Con.2026", "nul . x", "COM1", "lpt9.a", "LPT¹"])
def test_no_name_is_a_device_of_windows(title: str) -> None:
    assert download_name(title, "minutes.docx", "en").startswith("_")


@pytest.mark.parametrize("file_name", TRAVERSALS)
def test_a_hostile_file_name_becomes_a_bare_name(file_name: str) -> None:
    assert "hax0rd" in download_name(title_of(file_name), "minutes.docx", "en").lower()
    for title in (file_name, title_of(file_name)):
        name = download_name(title, "minutes.docx", "en")
        assert not set(name) & set('<>:"/\\|?*')
        assert not name.startswith(".")


@given(ANY)
def test_any_title_gives_a_name_that_every_system_takes(title: str) -> None:
    name = download_name(title, "minutes.docx", "ru")
    assert name.endswith(" — протокол.docx")
    assert len(name) > len(" — протокол.docx")
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert not set(name) & set('<>:"/\\|?*\x00\x1f\x7f\n\u202e')
    assert name == name.strip(" .")


def test_a_long_russian_title_is_cut_between_letters() -> None:
    name = download_name("Ж" * 300, "minutes.docx", "ru")
    assert name.startswith("Ж" * 80)
    assert "\ufffd" not in name


def test_python_docx_is_not_imported_before_a_document_is_wanted() -> None:
    check = "import sys, app.documents.downloads; sys.exit('docx' in sys.modules or 'lxml' in sys.modules)"
    subprocess.run([sys.executable, "-c", check], check=True, timeout=60)
