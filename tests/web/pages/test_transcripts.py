"""What the script of a recording's page gets, and how it sends what a person corrects."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.documents.corrections import MAX_AT_ONCE, MAX_CHARS
from app.documents.minutes import Minutes
from app.documents.transcript import Segment, Transcript, Word
from app.jobs.results import JobResults
from app.pipeline.corrections import Corrections, as_heard
from app.pipeline.recording import Recording
from app.web.core import timed_words, transcripts
from tests.web.visitor import JSON, Visitor

LINE = {"start": 0.0, "end": 2.0, "text": "Тайное совещание.", "speaker": "Анна", "doubtful": False}
MINUTES = b"""{"lines": {}, "minutes":
    {"language": "ru", "engine": "x", "decisions": [{"text": "", "start": %s}]}}"""


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


def test_packed_words_stand_behind_each_other_in_text_and_time(app: Flask) -> None:
    words = (
        Word(3601.5, 3601.84, " Yes,", 0.984),
        Word(3601.84, 3602.1, " yes.", 0.484),
        Word(3603.0, 3603.5, " Go"),
    )
    segment = Segment(3601.5, 3603.5, "Yes, yes. Go", words=words)
    heard = Recording("a", Path("a"), Path(), transcript=Transcript((segment,), "en", "x", 4000.0))
    with app.test_request_context():
        [line] = transcripts.lines_of(Corrections(heard, 0, (0,)), packed=True)
        [plain] = transcripts.lines_of(Corrections(heard, 0, (0,)))
    assert line["words"] == [0, 4, 0, 34, 0, 1, 4, 0, 26, 1, 1, 2, 90, 50, 0]
    assert plain["words"][5:10] == [5, 4, 3_601_840, 3_602_100, 48]


def test_a_page_is_not_sent_again_the_texts_that_it_shows(anna: Visitor) -> None:
    job = anna.done("совищание")
    page = anna.open(f"/jobs/{job.id}")
    address = f"/jobs/{job.id}/transcript?shown=0&part=0"
    assert page.replace("&amp;", "&").count(f'"{address}"') == 2, "with the lines, and early in the head"
    answer = anna.client.get(address).json
    assert answer["lines"] == [{"key": 0, "words": []}]
    assert answer["minutes"]
    assert send(anna, job.id, {"lines": {"0": LINE}}).status_code == 200
    [line] = anna.client.get(address).json["lines"]
    assert line["text"] == LINE["text"], "another page has changed it meanwhile"
    assert 'data-version="1"' in anna.open(f"/jobs/{job.id}")
    original = anna.open(f"/jobs/{job.id}?original")
    assert "shown=" not in original
    [line] = anna.client.get(f"/jobs/{job.id}/transcript?original=1&part=0").json["lines"]
    assert "text" not in line


def test_words_come_for_one_part_of_a_recording_and_the_minutes_with_the_first(app: Flask) -> None:
    said = [
        Segment(start, start + 1, "Yes.", words=(Word(start, start + 1, "Yes."),))
        for start in (0.0, 299.9, 300.0, 700.0)
    ]
    heard = Recording("a", Path("a"), Path(), transcript=Transcript(tuple(said), "en", "x", 800.0))
    heard = replace(heard, minutes=Minutes("en", "x"))
    with app.test_request_context():
        answers = [timed_words.part(as_heard(heard), number, known=True).json for number in range(4)]
    assert [[line["key"] for line in answer["lines"]] for answer in answers] == [[0, 1], [2], [3], []]
    assert answers[1]["lines"][0]["words"] == [0, 4, 0, 100, 0]
    assert [bool(answer["minutes"]) for answer in answers] == [True, False, False, False]


def test_of_two_that_change_the_same_version_the_second_gets_the_first_ones_text(anna: Visitor) -> None:
    job = anna.done()
    assert send(anna, job.id, {"lines": {"0": LINE}}).status_code == 200
    late = send(anna, job.id, {"lines": {"0": {**LINE, "text": "другое"}}})
    assert late.status_code == 412
    assert late.json["version"] == 1
    assert late.json["lines"][0]["text"] == LINE["text"]
    for version in ("", "x", "-1", "99", "²", "9" * 5000):
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
        MINUTES % b"NaN",
        MINUTES % b"1e999",
        b'{"lines": {}, "minutes": ' + b"[" * 5000 + b"]" * 5000 + b"}",
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


def test_more_than_people_can_say_in_the_time_of_the_recording_is_refused(anna: Visitor) -> None:
    """Or each look at the page would compare every word with every line, for an hour."""
    job = anna.done()
    end = anna.client.get(f"/jobs/{job.id}/transcript").json["lines"][0]["end"]
    n = int(MAX_AT_ONCE * 60 / end) + 1
    whole = {str(key): {**LINE, "end": end} for key in range(n)}
    assert send(anna, job.id, {"lines": whole}).status_code == 413
    texts = {str(key): {**LINE, "text": "x" * 20_000} for key in range(MAX_CHARS // 20_000 + 1)}
    assert send(anna, job.id, {"lines": texts}).status_code == 413
    assert send(anna, job.id, {"lines": {"1": LINE}}).status_code == 200


def test_who_corrects_what_is_deleted_meanwhile_hears_so(
    anna: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, recording = anna.done(), JobResults.recording

    def deleted(results: JobResults, *args: Any) -> Any:
        found = recording(results, *args)
        anna.jobs.delete(anna.owner, job.id)
        return found

    monkeypatch.setattr(JobResults, "recording", deleted)
    answer = send(anna, job.id, {"lines": {"0": LINE}})
    assert answer.status_code == 404
    assert "deleted" in answer.json["error"]["message"] or "удал" in answer.json["error"]["message"]


def test_a_change_needs_the_token_of_the_page(anna: Visitor) -> None:
    job = anna.done()
    answer = anna.client.patch(f"/jobs/{job.id}/transcript", json={"lines": {}}, headers={"If-Match": '"0"'})
    assert answer.status_code == 400


def test_minutes_are_not_changed_while_they_are_written(anna: Visitor) -> None:
    job = anna.done()
    minutes = anna.client.get(f"/jobs/{job.id}/transcript").json["minutes"]
    anna.jobs.redo(anna.owner, job.id, "summarize")
    for change in ({"minutes": minutes}, {"drop_minutes": True}):
        answer = send(anna, job.id, {"lines": {}, **change})
        assert answer.status_code == 409
        assert "being written" in answer.text
    assert send(anna, job.id, {"lines": {"0": LINE}}).status_code == 200
    assert anna.jobs.worker.run_once()
    minutes = anna.client.get(f"/jobs/{job.id}/transcript").json["minutes"]
    assert send(anna, job.id, {"lines": {}, "minutes": minutes}, 1).status_code == 200


def test_a_recording_without_a_transcript_has_none_to_correct(anna: Visitor) -> None:
    job = anna.send()
    assert anna.client.get(f"/jobs/{job.id}/transcript").status_code == 404
    assert send(anna, job.id, {"lines": {}}).status_code == 404


def decided(anna: Visitor, job_id: str) -> list[str]:
    minutes = anna.client.get(f"/jobs/{job_id}/transcript").json["minutes"]
    return [point["text"] for point in minutes["decisions"]]


def test_minutes_are_edited_and_written_anew_only_where_their_author_says_so(anna: Visitor) -> None:
    job = anna.done("совищание")
    assert send(anna, job.id, {"lines": {"0": LINE}}).status_code == 200
    minutes = anna.client.get(f"/jobs/{job.id}/transcript").json["minutes"]
    minutes["decisions"][0]["text"] = "Решено мной"
    minutes["action_items"] = [
        {"text": "Позвонить", "start": 1.0, "who": "Анна", "by_when": None, "done": True}
    ]
    assert send(anna, job.id, {"lines": {}, "minutes": minutes}, 1).status_code == 200
    assert "Решено мной" in anna.client.get(f"/jobs/{job.id}/download/minutes.md").text
    assert anna.client.get(f"/jobs/{job.id}/download/minutes.json").json["action_items"][0]["done"]

    for headers in (JSON, {"HX-Request": "true"}):
        assert anna.post(f"/jobs/{job.id}/minutes/again", headers=headers).status_code == 409
    assert decided(anna, job.id) == ["Решено мной"]
    assert anna.post(f"/jobs/{job.id}/minutes/again", {"replace": "1"}).status_code == 303
    assert anna.jobs.worker.run_once()
    assert anna.jobs.get(anna.owner, job.id).status == "done"
    assert decided(anna, job.id) == ["ТАЙНОЕ СОВЕЩАНИЕ."], "made of the corrected text"


@pytest.mark.parametrize(
    "remark",
    [
        {"message": "<b>forged</b>"},
        {"message": "%(x)s forged", "params": {"y": 1}},
        {"message": "forged", "params": {"message": 1}},
        {"message": "%(y)9999999s forged", "params": {"y": 1}},
    ],
)
def test_the_remarks_of_the_program_are_not_edited(anna: Visitor, remark: dict[str, Any]) -> None:
    job = anna.done()
    minutes = anna.client.get(f"/jobs/{job.id}/transcript").json["minutes"]
    wrong = {**minutes, "remarks": [remark], "dropped": 77}
    assert send(anna, job.id, {"lines": {}, "minutes": wrong}).status_code == 200
    assert anna.client.get(f"/jobs/{job.id}/transcript").json["minutes"] == minutes
    assert "forged" not in anna.open(f"/jobs/{job.id}")
    assert "forged" not in anna.client.get(f"/jobs/{job.id}/download/minutes.md").text


def test_what_is_not_done_is_not_done_again(anna: Visitor) -> None:
    job = anna.send()
    assert anna.post(f"/jobs/{job.id}/minutes/again", headers=JSON).status_code == 409
    assert anna.jobs.worker.run_once()
    assert decided(anna, job.id) == ["СОВЕЩАНИЕ.MP4"]


def test_where_the_queue_is_full_the_minutes_stay(make_app: Callable[..., Flask]) -> None:
    anna = Visitor(make_app(max_active_jobs=1).test_client())
    anna.open()
    job = anna.done()
    anna.send("второе")
    assert anna.post(f"/jobs/{job.id}/minutes/again", headers=JSON).status_code == 503
    assert decided(anna, job.id) == ["СОВЕЩАНИЕ.MP4"]
