"""Jobs by API: sent, listed, asked for, cancelled, tried again, deleted."""

import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.integrations.submitting import OWNER
from app.jobs.job import JobPriority
from app.web.core.context import konspekt
from tests.jobs.acting import Acting
from tests.web.visitor import Visitor

pytestmark = pytest.mark.usefixtures("speech")

URL = "/api/v1/jobs"


def sent(client: FlaskClient, tone: bytes, name: str = "встреча.wav", **more: Any) -> Any:
    headers = more.pop("headers", {})
    return client.post(URL, data={"file": (BytesIO(tone), name), **more}, headers=headers)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_recording_is_sent_worked_on_and_shown(client: FlaskClient, app: Flask, tone: bytes) -> None:
    answer = sent(client, tone, language="russian", speakers="2-3", terms="Konspekt, Иванов", form="protocol")
    assert answer.status_code == 202, answer.text
    job = answer.json
    assert answer.headers["Location"] == job["url"]
    assert (job["name"], job["status"], job["position"]) == ("встреча.wav", "queued", 1)
    assert (job["language"], job["speakers"], job["terms"]) == ("ru", "2-3", "Konspekt, Иванов")
    assert (job["model"], job["form"]) == ("auto", "protocol")
    assert "diarize" in job["stages"]
    assert job["duration_s"] == pytest.approx(1.0, abs=0.1)
    assert konspekt(app).jobs.worker.run_once()
    done = client.get(job["url"]).json
    assert (done["status"], done["progress"], done["error"]) == ("done", 1.0, None)
    assert done["engines"]["transcribe"] == "an actor"
    assert done["expires_at"] > done["finished_at"]
    chosen, other = (
        client.get(f"{job['url']}/documents/minutes?format=md{query}").text for query in ("", "&form=minutes")
    )
    assert chosen != other
    assert client.delete(job["url"]).status_code == 204
    assert client.get(job["url"]).status_code == 404


def test_a_job_without_minutes_has_no_stage_for_them(client: FlaskClient) -> None:
    job = client.post(URL, json={"text": "Anna: we wait.", "name": "call.txt", "form": "none"}).json
    assert job["stages"] == ["transcribe"]


def test_minutes_are_written_of_a_text(client: FlaskClient, app: Flask) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Anna>We have decided to wait."
    job = client.post(URL, json={"text": text, "name": "call.vtt", "form": "summary"}).json
    assert (job["name"], job["stages"], job["duration_s"]) == ("call.vtt", ["transcribe", "summarize"], 3.0)
    assert konspekt(app).jobs.worker.run_once()
    done = client.get(job["url"]).json
    assert (done["status"], done["engines"]["transcribe"]) == ("done", "subtitles")
    subtitles = client.get(f"{job['url']}/documents/transcript?format=srt").text
    assert "00:00:01,000 --> 00:00:03,000" in subtitles
    assert "Anna" in subtitles
    minutes = client.get(f"{job['url']}/documents/minutes?format=txt").text
    assert "WE HAVE DECIDED TO WAIT" in minutes, "the acting stage shouts what it was given"
    assert "somebody else, sent as subtitles" in minutes
    assert client.post(URL, json={"text": " \n "}).status_code == 422
    assert client.post(URL, json={"text": text, "url": "http://example.org/a.mp4"}).status_code == 422


def test_what_a_program_sends_no_visitor_sees(client: FlaskClient, anna: Visitor, tone: bytes) -> None:
    anna.send("hers.mp4")
    job = sent(client, tone).json
    assert anna.client.get(f"/jobs/{job['id']}").status_code == 404
    assert [one["name"] for one in client.get(URL).json["jobs"]] == ["встреча.wav"]


def test_an_address_becomes_a_job_that_fetches_it(client: FlaskClient) -> None:
    address = "https://example.org/talks/%D0%B4%D0%B5%D0%BD%D1%8C.mp4?x=1"
    answer = client.post(URL, json={"url": address, "vectorize": True, "language": "ru"})
    assert answer.status_code == 202, answer.text
    assert answer.json["name"] == "день.mp4"
    assert answer.json["stages"][0] == "download"
    assert "vectorize" in answer.json["stages"]


def test_people_go_before_whatever_a_program_sends(client: FlaskClient, app: Flask, tone: bytes) -> None:
    asked = (sent(client, tone), client.post(URL, json={"url": "https://example.org/a.mp4"}))
    jobs = [konspekt(app).jobs.get(OWNER, answer.json["id"]) for answer in asked]
    assert [job.priority for job in jobs] == [JobPriority.BATCH, JobPriority.BATCH]


WRONG: tuple[tuple[Any, int, str], ...] = (
    ({}, 422, "Name one recording"),
    ({"url": "https://example.org/a", "file_key": "a.wav"}, 422, "Name one recording"),
    ({"url": "ftp://example.org/a"}, 422, "http"),
    ({"url": "https://example.org/a", "callback_url": "http://127.0.0.1/"}, 422, "127.0.0.1"),
    ({"url": "https://example.org/a", "language": "qqq"}, 400, "language"),
    ({"url": "https://example.org/a", "speakers": "99"}, 400, "speakers"),
    ({"file_key": "../etc/passwd"}, 400, "file_key"),
    ({"file_key": "a.wav"}, 503, "bucket"),
    ([], 400, ""),
)


def test_what_cannot_be_taken_is_told_as_a_problem(client: FlaskClient) -> None:
    for body, status, said in WRONG:
        answer = client.post(URL, json=body)
        assert answer.status_code == status, (body, answer.text)
        assert answer.mimetype == "application/problem+json"
        assert answer.json["status"] == status
        assert said in answer.json["detail"], body
        assert answer.json["code"]


def test_a_model_that_is_not_here_is_refused_with_those_that_are(client: FlaskClient, tone: bytes) -> None:
    answer = sent(client, tone, model="giant")
    assert answer.status_code == 422
    assert "There are: auto." in answer.json["detail"]


def test_what_is_no_recording_is_refused_and_nothing_is_left(client: FlaskClient, app: Flask) -> None:
    for content in (b"", b"Dear colleagues,"):
        answer = sent(client, content)
        assert answer.status_code == 422
    assert client.get(URL).json == {"jobs": [], "next_cursor": None}
    assert not list(konspekt(app).config.incoming_dir.iterdir())


def test_a_full_queue_says_when_to_come_back(make_app: Callable[..., Flask], tone: bytes) -> None:
    client = make_app(max_active_jobs=1).test_client()
    assert sent(client, tone).status_code == 202
    full = sent(client, tone)
    assert full.status_code == 503
    assert int(full.headers["Retry-After"]) == full.json["retry_after_s"] > 0


def test_pages_of_the_list_hold_each_job_once(client: FlaskClient, app: Flask) -> None:
    ids = []
    for number in range(5):
        body = {"url": f"https://example.org/{number}.mp4"}
        ids.append(client.post(URL, json=body).json["id"])
    client.post(f"{URL}/{ids[1]}/cancel")
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(URL, query_string={"limit": 2, "cursor": cursor}).json
        assert len(page["jobs"]) <= 2
        seen += [job["id"] for job in page["jobs"]]
        cursor = page["next_cursor"]
        if len(seen) == 2:
            client.post(URL, json={"url": "https://example.org/later.mp4"})
    assert seen == ids[::-1]
    filtered = client.get(URL, query_string={"status": ["cancelled", "failed"]}).json
    assert [job["id"] for job in filtered["jobs"]] == [ids[1]]


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=%D0%B6", "cursor=MjAyNg%3D%3D", "limit=0", "limit=1000", "status=lost"]
)
def test_a_wrong_question_about_the_list_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"{URL}?{query}").status_code in (400, 422)


def test_a_job_is_cancelled_and_tried_again(client: FlaskClient, tone: bytes) -> None:
    url = sent(client, tone).json["url"]
    assert client.post(f"{url}/retry").status_code == 409
    assert client.post(f"{url}/cancel").json["status"] == "cancelled"
    assert client.post(f"{url}/cancel").json["status"] == "cancelled"
    assert client.post(f"{url}/retry").json["status"] == "queued"


def test_a_recording_is_renamed_unless_somebody_else_was_faster(client: FlaskClient, tone: bytes) -> None:
    url = sent(client, tone).json["url"]
    read = client.get(url)
    match = {"If-Match": read.headers["ETag"]}
    renamed = client.patch(url, json={"name": "Совет директоров.wav"}, headers=match)
    assert (renamed.status_code, renamed.json["name"]) == (200, "Совет директоров.wav")
    late = client.patch(url, json={"name": "Другое"}, headers=match)
    assert (late.status_code, late.json["status"]) == (412, 412)
    assert client.get(url).json["name"] == "Совет директоров.wav"
    assert client.patch(url, json={"name": "Другое"}).json["name"] == "Другое"
    for wrong in ({}, {"name": ""}, {"name": "x" * 1001}, {"name": "\0"}):
        assert client.patch(url, json=wrong).status_code == 400


def test_why_a_job_failed_is_said_in_the_language_that_is_asked_for(
    client: FlaskClient, app: Flask, acting: Acting, tone: bytes
) -> None:
    acting.raises["transcribe"] = RuntimeError("bang")
    url = sent(client, tone).json["url"]
    assert konspekt(app).jobs.worker.run_once()
    english, russian = (
        client.get(url, headers={"Accept-Language": language}).json["error"]["message"]
        for language in ("en", "ru")
    )
    assert english != russian


def test_the_same_request_twice_is_one_job(client: FlaskClient, tone: bytes) -> None:
    key = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    first, second = (sent(client, tone, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json["id"] == second.json["id"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    for other in (sent(client, tone, language="ru", headers=key), sent(client, tone + b"0", headers=key)):
        assert other.status_code == 409
    assert len(client.get(URL).json["jobs"]) == 1
    client.delete(first.json["url"])
    assert sent(client, tone, headers=key).json["id"] != first.json["id"]


def test_a_request_that_was_refused_leaves_its_key_free(client: FlaskClient, tone: bytes) -> None:
    key = {"Idempotency-Key": "k"}
    assert sent(client, b"no sound", headers=key).status_code == 422
    assert sent(client, tone, headers=key).status_code == 202
    assert sent(client, tone, headers={"Idempotency-Key": "x" * 256}).status_code == 422


def test_the_same_request_at_once_is_one_job(app: Flask) -> None:
    answers, start = [], threading.Barrier(4)

    def ask() -> None:
        start.wait()
        body = {"url": "https://example.org/a.mp4"}
        answers.append(app.test_client().post(URL, json=body, headers={"Idempotency-Key": "k"}))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [202] * 4, [answer.text for answer in answers]
    assert len({answer.json["id"] for answer in answers}) == 1
