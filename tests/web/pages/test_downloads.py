"""What a job gives out: every document, under the recording's own name."""

from dataclasses import replace
from io import BytesIO
from urllib.parse import quote

import docx
import pytest

from app.audio.decode import MIXED
from app.audio.media import Remark
from app.documents.downloads import DOWNLOADS
from app.documents.labels import labels
from app.pipeline import artifacts
from app.web.core.context import konspekt
from tests.documents.meetings import russian
from tests.jobs.acting import Acting
from tests.web.visitor import Visitor

RU = {"Accept-Language": "ru"}


@pytest.mark.parametrize("file", DOWNLOADS)
def test_a_download_is_what_it_says(anna: Visitor, file: str) -> None:
    job = anna.done("meeting.mp4")
    answer = anna.client.get(f"/jobs/{job.id}/download/{file}")
    assert answer.status_code == 200
    assert answer.data[:2] == DOWNLOADS[file].render(russian(), "ru")[:2]
    kind, _, extension = file.partition(".")
    assert answer.headers["Content-Type"] == DOWNLOADS[file].mime_type
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=")
    word = labels("ru")[f"file.{kind}"]  # what was said is Russian
    assert quote(f"Meeting — {word}.{extension}") in disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_russian_name_comes_through_to_the_download_and_the_document(anna: Visitor) -> None:
    job = anna.done("Совещание по бюджету.mp4")
    answer = anna.client.get(f"/jobs/{job.id}/download/minutes.docx", headers=RU)
    name = quote("Совещание по бюджету — протокол.docx")
    assert f"filename*=UTF-8''{name}" in answer.headers["Content-Disposition"]
    document = docx.Document(BytesIO(answer.data))
    assert "Совещание по бюджету" in [p.text for p in document.paragraphs] + [
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    ]


def test_a_hostile_name_stays_in_its_header(anna: Visitor) -> None:
    job = anna.done('a"\r\nSet-Cookie: owned=1\r\n; filename=../x.exe.mp3')
    answer = anna.client.get(f"/jobs/{job.id}/download/transcript.txt")
    assert answer.status_code == 200
    assert "owned" not in answer.headers.get("Set-Cookie", "")
    assert "\n" not in answer.headers["Content-Disposition"]
    assert "../" not in answer.headers["Content-Disposition"]


def test_the_transcript_can_be_taken_before_the_minutes_are_there(anna: Visitor, acting: Acting) -> None:
    acting.raises["summarize"] = RuntimeError("a bug")
    job = anna.done()
    assert anna.client.get(f"/jobs/{job.id}/download/transcript.txt").status_code == 200
    assert anna.client.get(f"/jobs/{job.id}/download/minutes.docx").status_code == 404


@pytest.mark.parametrize(
    "file", ["minutes.exe", "transcript", "speech.wav", "..%2f..%2fsource", "media.json"]
)
def test_nothing_else_can_be_taken(anna: Visitor, file: str) -> None:
    job = anna.done()
    assert anna.client.get(f"/jobs/{job.id}/download/{file}").status_code == 404


def test_nothing_can_be_taken_before_it_is_there(anna: Visitor) -> None:
    job = anna.send()
    assert anna.client.get(f"/jobs/{job.id}/download/transcript.txt").status_code == 404


def test_a_poster_is_given_to_its_owner_alone(anna: Visitor, boris: Visitor) -> None:
    job = anna.done()
    path = f"/jobs/{job.id}/poster.jpg"
    assert anna.client.get(path).status_code == 404
    assert path not in anna.open()
    (konspekt(anna.app).config.results_dir / job.id / "poster.jpg").write_bytes(b"\xff\xd8\xff")
    with anna.client.get(path) as answer:
        assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/jpeg", b"\xff\xd8\xff")
        assert "private" in answer.headers["Cache-Control"]
    assert f'src="{path}"' in anna.open()
    assert boris.client.get(path).status_code == 404


@pytest.mark.parametrize(("language", "words"), [("en", "were mixed"), ("ru", "сведены вместе")])
def test_page_and_documents_say_what_was_odd_about_the_file(anna: Visitor, language: str, words: str) -> None:
    job = anna.done()
    recording = konspekt(anna.app).jobs.results.recording(job)
    assert recording.media
    odd = replace(recording, media=replace(recording.media, remarks=(Remark(MIXED, {"n": 2}),)))
    artifacts.save("extract", odd)
    page = anna.client.get(f"/jobs/{job.id}", headers={"Accept-Language": language})
    assert words in page.text
    for file in ("minutes.txt", "transcript.json", "minutes.md"):  # in the language that was spoken
        assert "сведены вместе" in anna.client.get(f"/jobs/{job.id}/download/{file}").data.decode()


def test_the_form_of_the_minutes_is_asked_for_by_its_name(anna: Visitor) -> None:
    job = anna.done("meeting.mp4")
    answer = anna.client.get(f"/jobs/{job.id}/download/minutes.txt?form=summary", headers=RU)
    assert "КРАТКИЕ ИТОГИ СОВЕЩАНИЯ" in answer.get_data(as_text=True)
    assert anna.client.get(f"/jobs/{job.id}/download/minutes.txt?form=poem").status_code == 404
    page = anna.client.get("/", headers=RU).get_data(as_text=True)
    assert f"/jobs/{job.id}/download/minutes.docx?form=standup" in page


def test_what_a_protocol_needs_besides_stands_in_the_address(anna: Visitor) -> None:
    job = anna.done()
    address = f"/jobs/{job.id}/download/minutes.md?form=protocol&chair=О.+Петрова&day=2026-02-01"
    protocol = anna.client.get(address, headers=RU).text
    assert "О. Петрова" in protocol.replace("\\", "")
    assert "1 февраля 2026" in protocol
    assert "О. Петрова" not in anna.client.get(address.replace("form=protocol", "form=minutes")).text
    assert anna.client.get(address.replace("2026-02-01", "tomorrow")).status_code == 422
    page = anna.open(f"/jobs/{job.id}")
    assert all(
        f'name="{field}"' in page for field in ("number", "day", "place", "chair", "secretary", "present")
    )
    assert "Протокол заседания" in anna.client.get(f"/jobs/{job.id}", headers=RU).text
    assert (
        "Протокол заседания" not in anna.client.get(f"/jobs/{job.id}", headers={"Accept-Language": "en"}).text
    )
