"""What a program takes from a job: documents, events, its end, links."""

import json
import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.documents.downloads import DOWNLOADS
from app.web.core import event_streams
from app.web.core.context import konspekt

pytestmark = pytest.mark.usefixtures("speech")

URL = "/api/v1/jobs"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_streams, "WAIT_S", 0.05)
    monkeypatch.setattr(event_streams, "PAUSE_S", 0.0)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def job(client: FlaskClient, tone: bytes) -> dict[str, Any]:
    answer = client.post(URL, data={"file": (BytesIO(tone), "meeting.wav")})
    found: dict[str, Any] = answer.json
    return found


@pytest.fixture
def work(app: Flask) -> Callable[[], bool]:
    return lambda: konspekt(app).jobs.worker.run_once()


def test_minutes_are_written_anew_by_section_and_language_and_not_over_a_persons(
    client: FlaskClient, job: dict[str, Any], work: Callable[[], bool]
) -> None:
    url = f"{job['url']}/minutes"
    assert client.post(url, json={}).status_code == 409, "not done yet"
    assert work()
    state = client.get(f"{job['url']}/transcript")
    own = {**state.json["minutes"], "summary": [{"text": "Mine.", "start": 0.0}]}
    patched = client.patch(
        f"{job['url']}/transcript", json={"lines": {}, "minutes": own}, headers={"If-Match": '"0"'}
    )
    assert patched.status_code == 200
    assert client.post(url, json={}).status_code == 409, "a person wrote in them"
    assert client.post(url, json={"sections": ["summary"]}).status_code == 409
    for wrong in ({"sections": ["jokes"]}, {"language": "xx"}):
        assert client.post(url, json=wrong).status_code == 400
    assert client.post(url, json={"sections": ["decisions"], "language": "en"}).status_code == 422
    answer = client.post(url, json={"sections": ["decisions"]})
    assert (answer.status_code, answer.json["status"]) == (202, "queued")
    waiting = client.get(f"{job['url']}/transcript").json["minutes"]
    assert waiting["summary"][0]["text"] == "Mine.", "what there was is there meanwhile"
    assert work()
    assert client.post(url, json={"language": "en", "replace": True}).status_code == 202
    assert work()
    assert client.get(f"{job['url']}/transcript").json["minutes"]["summary"] != own["summary"]


def test_documents_are_listed_and_given_by_format(
    client: FlaskClient, job: dict[str, Any], work: Callable[[], bool]
) -> None:
    assert client.get(f"{job['url']}/documents").json == {"documents": []}
    early = client.get(f"{job['url']}/documents/minutes?format=docx")
    assert (early.status_code, early.mimetype) == (409, "application/problem+json")
    assert work()
    listed = client.get(f"{job['url']}/documents").json["documents"]
    assert {f"{one['kind']}.{one['format']}" for one in listed} == set(DOWNLOADS)
    minutes = client.get(f"{job['url']}/documents/minutes?format=docx&form=summary")
    assert docx.Document(BytesIO(minutes.data)).paragraphs[0].text
    text = client.get(f"{job['url']}/documents/transcript?format=txt")
    assert "We meet on Monday." in text.data.decode("utf-8-sig")
    for wrong, status in (("minutes?format=srt", 404), ("nothing", 404), ("minutes?format=exe", 400)):
        assert client.get(f"{job['url']}/documents/{wrong}").status_code == status


def test_every_listed_document_can_be_fetched(
    client: FlaskClient, job: dict[str, Any], work: Callable[[], bool]
) -> None:
    assert work()
    for one in client.get(f"{job['url']}/documents").json["documents"]:
        given = client.get(one["url"])
        assert given.status_code == 200, one
        assert given.headers["Content-Type"] == one["content_type"]


def test_the_wait_ends_with_the_job_or_with_the_time(
    client: FlaskClient, job: dict[str, Any], work: Callable[[], bool], app: Flask
) -> None:
    assert client.get(f"{job['url']}/wait?wait_s=0").json["status"] == "queued"
    answers = []
    waiter = threading.Thread(
        target=lambda: answers.append(app.test_client().get(f"{job['url']}/wait?wait_s=60"))
    )
    waiter.start()
    assert work()
    waiter.join(60)
    assert answers[0].json["status"] == "done"
    for wrong in ("-1", "1e9", "NaN", "soon"):
        assert client.get(f"{job['url']}/wait?wait_s={wrong}").status_code == 400


def test_events_tell_each_change_and_the_end(
    client: FlaskClient, job: dict[str, Any], work: Callable[[], bool]
) -> None:
    with client.get(f"{job['url']}/events", buffered=False) as answer:
        chunks = (chunk.decode() for chunk in answer.response)
        assert next(chunks).startswith("retry:")
        first = next(chunks)
        assert first.startswith("event: job\n")
        assert json.loads(first.splitlines()[1].removeprefix("data: "))["status"] == "queued"
        assert work()
        *_, last = chunks
        assert last.startswith("event: end\n")
        assert json.loads(last.splitlines()[1].removeprefix("data: "))["status"] == "done"


def test_the_events_of_a_deleted_job_end(client: FlaskClient, job: dict[str, Any], app: Flask) -> None:
    with client.get(f"{job['url']}/events", buffered=False) as answer:
        chunks = (chunk.decode() for chunk in answer.response)
        next(chunks), next(chunks)
        app.test_client().delete(job["url"])
        assert [*chunks][-1].startswith("event: gone\n")


def test_a_link_is_made_opened_and_taken_back(
    client: FlaskClient, job: dict[str, Any], work: Callable[[], bool], app: Flask
) -> None:
    assert work()
    made = client.post(f"{job['url']}/shares", json={"days": 30, "sound": True})
    assert made.status_code == 201
    reader = app.test_client()
    assert "We meet on Monday." in reader.get(made.json["url"]).text
    (listed,) = client.get(f"{job['url']}/shares").json["shares"]
    assert listed == made.json
    assert client.delete(f"{job['url']}/shares/{made.json['id']}").status_code == 204
    assert reader.get(made.json["url"]).status_code == 404
    assert client.post(f"{job['url']}/shares", json={"days": 0}).status_code == 400


def test_lines_and_speakers_are_corrected_unless_somebody_else_was_faster(
    client: FlaskClient, job: dict[str, Any], work: Callable[[], bool]
) -> None:
    url = f"{job['url']}/transcript"
    assert client.get(url).status_code == 404
    assert work()
    read = client.get(url)
    (line,) = read.json["lines"]
    change = {"lines": {str(line["key"]): {"start": 0, "end": 2, "text": "On Tuesday.", "speaker": "Anna"}}}
    match = {"If-Match": read.headers["ETag"]}
    saved = client.patch(url, json=change, headers=match)
    assert (saved.status_code, saved.json["version"]) == (200, 1)
    late = client.patch(url, json=change, headers=match)
    assert (late.status_code, late.mimetype) == (412, "application/problem+json")
    assert client.patch(url, json=change).status_code == 412
    assert client.patch(url, json={"lines": 7}, headers=match).status_code == 422
    text = client.get(f"{job['url']}/documents/transcript?format=txt").data.decode("utf-8-sig")
    assert "Anna" in text
    assert "On Tuesday." in text


def test_deliveries_are_empty_without_a_callback(client: FlaskClient, job: dict[str, Any]) -> None:
    assert client.get(f"{job['url']}/deliveries").json == {"deliveries": []}
