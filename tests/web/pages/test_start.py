"""The pages: what they show in each state, and what their buttons do."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.errors import BadInput
from app.jobs.job import JobStatus
from tests.jobs.acting import Acting
from tests.web.core.test_file_names import WICKED
from tests.web.visitor import HTMX, JSON, Visitor

RU = {"Accept-Language": "ru"}


def test_an_empty_page_says_what_to_do(anna: Visitor) -> None:
    page = anna.open()
    assert 'enctype="multipart/form-data"' in page
    assert "Send a meeting" in page
    assert "Up to 10 files" in page


def test_the_limits_on_the_page_are_the_settings(make_app: Callable[..., Flask]) -> None:
    app = make_app(max_files=3, max_upload_bytes=5 * 10**6, max_duration_s=1800, retention_s=7200)
    page = Visitor(app.test_client()).open()
    for words in ("Up to 3 files", "5.0\N{NO-BREAK SPACE}MB", "30 min", "deleted 2 h after"):
        assert words in page


def test_a_page_without_recordings_left_does_not_explain_itself_again(anna: Visitor, tone: bytes) -> None:
    anna.upload(("a.wav", tone))
    [job] = anna.jobs.list(anna.owner)
    anna.post(f"/jobs/{job.id}/delete")
    assert "Nothing is left here" in anna.open()


def test_a_waiting_recording_shows_its_place(anna: Visitor, boris: Visitor) -> None:
    boris.send("first.mp3")
    anna.send("second.mp3")
    assert "No. 2 in the queue" in anna.open()
    assert "Next in the queue" in boris.open()


def test_a_finished_recording_offers_its_documents(anna: Visitor) -> None:
    job = anna.done("совещание.mp4")
    page = anna.open()
    for file in ("minutes.docx", "minutes.txt", "transcript.txt", "transcript.srt", "transcript.json"):
        assert f"/jobs/{job.id}/download/{file}" in page
    assert "will be deleted in" in page


def test_a_failed_recording_says_why_in_the_language_of_the_page(anna: Visitor, acting: Acting) -> None:
    acting.raises["transcribe"] = BadInput("The file is empty.")
    job = anna.done()
    assert "The file is empty." in anna.open()
    page = anna.open(headers=RU)
    assert "The file is empty." not in page
    assert "Файл пуст" in page
    assert f"/jobs/{job.id}/retry" in page


def test_a_page_without_javascript_looks_again_by_itself_while_it_works(anna: Visitor) -> None:
    assert 'http-equiv="refresh"' not in anna.open()
    job = anna.send()
    assert '<noscript><meta http-equiv="refresh"' in anna.open()
    anna.jobs.worker.run_once()
    assert 'http-equiv="refresh"' not in anna.open(f"/jobs/{job.id}")


def test_the_page_of_a_recording_shows_its_minutes_and_transcript(anna: Visitor) -> None:
    job = anna.done("План работ")
    page = anna.open(f"/jobs/{job.id}")
    assert "ПЛАН РАБОТ" in page, "the minutes"
    assert 'href="#t0"' in page, "which lead to their place"
    assert 'id="t0"' in page
    assert "Heard by an actor" in page


def test_what_is_said_is_no_markup(anna: Visitor) -> None:
    job = anna.done("<script>alert(1)</script>")
    page = anna.open(f"/jobs/{job.id}")
    assert "<script>alert(1)" not in page.lower()
    assert "&lt;script&gt;alert(1)" in page


def test_no_name_is_markup(make_app: Callable[..., Flask]) -> None:
    anna = Visitor(make_app(max_active_jobs=100).test_client())
    anna.open()
    for name in WICKED:
        anna.send(name)
    page = anna.open()
    assert page.count("alert(1)") > 2
    assert not re.search(r"<(script>alert|img src=x)", page)
    assert "49.mp3" not in page


@pytest.mark.parametrize(
    ("action", "status"), [("cancel", JobStatus.CANCELLED), ("delete", None), ("retry", JobStatus.QUEUED)]
)
def test_a_button_works_without_javascript(anna: Visitor, action: str, status: JobStatus | None) -> None:
    job = anna.send()
    if action == "retry":
        anna.jobs.cancel(anna.owner, job.id)
    answer = anna.post(f"/jobs/{job.id}/{action}")
    assert (answer.status_code, answer.location) == (303, "/")
    assert [job.status for job in anna.jobs.list(anna.owner)] == ([status] if status else [])


def test_a_button_pressed_by_the_script_gets_the_queue_as_it_is_now(anna: Visitor) -> None:
    job = anna.send("one.mp3")
    answer = anna.post(f"/jobs/{job.id}/cancel", headers=HTMX)
    assert answer.status_code == 200
    assert 'id="rows"' in answer.text
    assert "<html" not in answer.text
    assert "Cancelled" in answer.text


def test_what_cannot_be_tried_again_is_a_conflict(anna: Visitor) -> None:
    job = anna.done()
    answer = anna.post(f"/jobs/{job.id}/retry", headers=JSON)
    assert answer.status_code == 409
    assert "tried again" in answer.json["error"]["message"]


def test_deleting_takes_the_files_away(anna: Visitor) -> None:
    job = anna.done()
    folder = anna.jobs.results.recording(job).folder
    assert folder.is_dir()
    anna.post(f"/jobs/{job.id}/delete")
    assert not folder.exists()
    assert anna.client.get(f"/jobs/{job.id}").status_code == 404


@pytest.mark.parametrize("action", ["cancel", "retry", "delete"])
def test_a_form_without_its_token_changes_nothing(anna: Visitor, action: str) -> None:
    job = anna.send()
    for token in ({}, {"csrf_token": ""}, {"csrf_token": "wrong"}, {"csrf_token": "ImZvcmdl.Zm9yZ2.c2lnbg"}):
        answer = anna.client.post(f"/jobs/{job.id}/{action}", data=token)
        assert answer.status_code == 400
        assert "Reload it" in answer.text
    assert anna.jobs.get(anna.owner, job.id).status is JobStatus.QUEUED


def test_the_token_of_another_visitor_is_no_token(anna: Visitor, boris: Visitor) -> None:
    job = anna.send()
    answer = anna.client.post(f"/jobs/{job.id}/delete", data={"csrf_token": boris.token})
    assert answer.status_code == 400
    assert anna.names() == [job.name]


def test_a_token_is_enough_where_the_browser_sends_no_referer(anna: Visitor) -> None:
    job = anna.send()
    answer = anna.client.post(
        f"/jobs/{job.id}/delete", data={"csrf_token": anna.token}, base_url="https://localhost"
    )
    assert answer.status_code == 303
    assert anna.names() == []


def test_every_form_of_the_pages_carries_a_token(anna: Visitor) -> None:
    anna.done("done.mp3")
    anna.send("queued.mp3")
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", anna.open(), re.DOTALL):
        assert 'name="csrf_token"' in form


def test_the_page_says_what_the_present_engine_hears(anna: Visitor) -> None:
    page = anna.open()
    assert "English only" in page
    assert "Russian (needs Whisper)" in page
    assert "русский" in anna.open(headers=RU).lower()
