"""What the script of a recording's page gets, and how it sends what a person corrects."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.web.pages import transcripts
from tests.web.visitor import JSON, Visitor

LINE = {"start": 0.0, "end": 2.0, "text": "Тайное совещание.", "speaker": "Анна", "doubtful": False}


def send(visitor: Visitor, job_id: str, change: Any, version: int | str = 0) -> TestResponse:
    body = change if isinstance(change, bytes) else json.dumps(change).encode()
    headers = {**JSON, "X-CSRFToken": visitor.token, "If-Match": f'"{version}"'}
    return visitor.client.patch(f"/jobs/{job_id}/transcript", data=body, headers=headers)


def test_a_correction_is_in_the_page_and_in_every_document(anna: Visitor) -> None:
    job = anna.done("совищание")
    answer = anna.client.get(f"/jobs/{job.id}/transcript")
    assert answer.headers["ETag"] == '"0"'
    assert answer.json["lines"][0]["text"] == "совищание"
    saved = send(anna, job.id, {"lines": {"0": LINE}})
    assert saved.status_code == 200
    assert saved.json["version"] == 1
    assert [line["key"] for line in saved.json["lines"]] == [0]
    page = anna.open(f"/jobs/{job.id}")
    assert "Тайное совещание." in page
    assert "совищание" not in page.partition('id="transcript"')[2]
    for file in ("transcript.txt", "transcript.srt", "transcript.vtt", "transcript.md", "transcript.json"):
        assert "Тайное совещание." in anna.client.get(f"/jobs/{job.id}/download/{file}").text, file
    assert "совищание" in anna.open(f"/jobs/{job.id}?original").partition('id="transcript"')[2]


def test_of_two_that_change_the_same_version_the_second_gets_the_first_ones_text(anna: Visitor) -> None:
    job = anna.done()
    assert send(anna, job.id, {"lines": {"0": LINE}}).status_code == 200
    late = send(anna, job.id, {"lines": {"0": {**LINE, "text": "другое"}}})
    assert late.status_code == 412
    assert late.json["version"] == 1
    assert late.json["lines"][0]["text"] == LINE["text"]
    for version in ("", "x", "-1", "99"):
        assert send(anna, job.id, {"lines": {}}, version).status_code == 412, version


@pytest.mark.parametrize(
    "change",
    [
        b"",
        b"{",
        b"[]",
        {"lines": {"-1": LINE}},
        {"lines": {"9999999999": LINE}},
        {"lines": {"0": {**LINE, "start": 3.0}}},
        {"lines": {"0": {**LINE, "end": 1e9}}},
        b'{"lines": {"0": {"start": 0, "end": NaN, "text": ""}}}',
        b'{"lines": {"0": {"start": 0, "end": 1, "text": "\\ud800"}}}',
        {"lines": {"0": {**LINE, "text": "x" * (transcripts.MAX_TEXT_CHARS + 1)}}},
        {"lines": {"0": {**LINE, "speaker": "x" * (transcripts.MAX_NAME_CHARS + 1)}}},
        {"lines": {"0": {**LINE, "text": 5}}},
        {"lines": {}, "minutes": {"topics": "no"}},
    ],
)
def test_what_no_person_can_have_changed_is_refused_and_changes_nothing(anna: Visitor, change: Any) -> None:
    job = anna.done()
    answer = send(anna, job.id, change)
    assert answer.status_code == 422
    assert answer.json["error"]["message"]
    assert anna.client.get(f"/jobs/{job.id}/transcript").json["version"] == 0


def test_a_change_beyond_all_measure_is_not_even_read(anna: Visitor) -> None:
    job = anna.done()
    assert send(anna, job.id, b" " * (transcripts.MAX_CHANGE_BYTES + 1)).status_code == 413


def test_a_change_needs_the_token_of_the_page(anna: Visitor) -> None:
    job = anna.done()
    answer = anna.client.patch(f"/jobs/{job.id}/transcript", json={"lines": {}}, headers={"If-Match": '"0"'})
    assert answer.status_code == 400


def test_a_recording_without_a_transcript_has_none_to_correct(anna: Visitor) -> None:
    job = anna.send()
    assert anna.client.get(f"/jobs/{job.id}/transcript").status_code == 404
    assert send(anna, job.id, {"lines": {}}).status_code == 404
