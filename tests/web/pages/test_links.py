"""A recording by its address."""

import pytest

from app.jobs.job import JobStatus
from tests.web.visitor import Visitor


def test_a_link_becomes_a_job_as_the_form_says(anna: Visitor) -> None:
    link = "https://example.org/files/%D1%81%D0%BE%D0%B2%D0%B5%D1%82.mp4?x=1"
    answer = anna.post("/links", {"link": f" {link} ", "language": "ru", "speakers": "2", "terms": "Анна"})
    assert (answer.status_code, answer.location) == (303, "/")
    (job,) = anna.jobs.list(anna.owner)
    assert (job.name, job.language, job.speakers, job.terms) == ("совет.mp4", "ru", "2", "Анна")
    assert job.stages[0] == "download"
    assert job.status is JobStatus.QUEUED
    page = anna.open()
    assert "совет.mp4" in page
    anna.post("/links", {"link": "https://example.org/"})
    newest = anna.jobs.list(anna.owner)[0]
    assert (newest.language, newest.terms) == ("ru", "Анна"), "without the fields, as they were the last time"


@pytest.mark.parametrize(
    "link",
    [
        *("", "  ", "x", "file:///etc/passwd", "ftp://example.org/a.mp3", "https://a:b@example.org/"),
        *("http://[", "https://" + "x" * 3000),
    ],
)
def test_what_is_no_address_is_told_on_the_page(anna: Visitor, link: str) -> None:
    answer = anna.post("/links", {"link": link})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'id="upload"' in answer.text
    assert f'name="link" maxlength="2000" placeholder="https://" value="{link.strip()}"' in answer.text, (
        "kept"
    )
    assert anna.names() == []


def test_an_address_within_this_network_is_not_fetched(anna: Visitor) -> None:
    anna.post("/links", {"link": "http://127.0.0.1:80/private.mp3"})
    assert anna.jobs.worker.run_once()
    (job,) = anna.jobs.list(anna.owner)
    assert job.status is JobStatus.FAILED
    assert job.error
    assert "not open to downloads" in str(job.error)


def test_a_full_queue_says_when_to_try_again(anna: Visitor) -> None:
    for n in range(10):
        anna.send(f"{n}.mp4")
    answer = anna.post("/links", {"link": "https://example.org/a.mp3"})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_the_address_is_shown_as_text(anna: Visitor) -> None:
    page = anna.post("/links", {"link": "<script>alert(1)</script>"}).text
    assert "<script>alert(1)" not in page
