"""Clips by the page and by JSON: what is asked for, and what comes of it."""

from typing import Any

import pytest

from app.documents.excerpt import EDGE_S
from app.jobs.job import Job
from tests.web.pages.test_transcripts import LINE, send
from tests.web.visitor import HTMX, JSON, Visitor


@pytest.fixture
def job(anna: Visitor) -> Job:
    job = anna.done()
    lines = {str(n): {**LINE, "start": 0.2 * n, "end": 0.2 * n + 0.1} for n in range(3)}
    assert send(anna, job.id, {"lines": lines}).status_code == 200
    return job


def ask(anna: Visitor, job: Job, **fields: Any) -> Any:
    return anna.post(f"/jobs/{job.id}/clips", fields, headers=JSON)


def test_chosen_lines_become_a_clip_of_their_time(anna: Visitor, job: Job) -> None:
    answer = ask(anna, job, lines="2 1", subtitles="side")
    assert answer.status_code == 202
    assert answer.json["state"] == "waiting"
    (clip,) = anna.jobs.clips.of(job)
    (span,) = clip.request.spans
    assert span.start == pytest.approx(0.2 - EDGE_S)
    assert clip.request.subtitles == "side"
    listed = anna.client.get(f"/jobs/{job.id}/clips", headers=JSON).json["clips"]
    assert [one["id"] for one in listed] == [clip.id]
    assert "waits for its turn" in anna.open(f"/jobs/{job.id}")
    part = anna.client.get(f"/jobs/{job.id}/clips", headers=HTMX).text
    assert 'hx-trigger="every 1s"' in part
    assert "<html" not in part
    assert anna.post(f"/jobs/{job.id}/clips/{clip.id}/delete", headers=HTMX).status_code == 200
    assert anna.jobs.clips.of(job) == []


def test_a_stretch_and_the_highlights_can_be_asked_for(anna: Visitor, job: Job) -> None:
    answer = ask(anna, job, **{"from": "0.25", "to": "99"})
    (clip,) = anna.jobs.clips.of(job)
    (span,) = clip.request.spans
    assert span.start == 0.25
    assert span.end < 99, "the recording ends before"
    assert answer.status_code == 202
    assert anna.post(f"/jobs/{job.id}/clips", {"highlights": "1"}).headers["Location"].endswith("#clips")
    assert anna.jobs.clips.of(job)[0].request.highlights


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"lines": "x"},
        {"lines": "99"},
        {"lines": "0 " * 6000},
        {"from": "nan", "to": "1"},
        {"from": "2", "to": "1"},
        {"from": "0", "to": ""},
        {"from": "-1", "to": "1"},
    ],
)
def test_a_choice_of_nothing_is_refused(anna: Visitor, job: Job, fields: dict[str, str]) -> None:
    assert ask(anna, job, **fields).status_code == 422
    assert anna.jobs.clips.of(job) == []


def test_a_made_clip_is_played_by_ranges_and_kept(anna: Visitor, job: Job) -> None:
    clip_id = ask(anna, job, lines="0").json["id"]
    folder = anna.jobs.results.recording(job).folder / "clips"
    (folder / f"{clip_id}.mp4").write_bytes(b"0123456789")
    path = f"/jobs/{job.id}/clips/{clip_id}"
    with anna.client.get(f"{path}/mp4", headers={"Range": "bytes=2-4"}) as part:
        assert part.data == b"234"
    with anna.client.get(f"{path}/mp4?download=1") as kept:
        assert kept.headers["Content-Disposition"].startswith("attachment")
        assert kept.data == b"0123456789"
    assert anna.client.get(f"{path}/srt", headers=JSON).status_code == 404
    assert "<video" in anna.open(f"/jobs/{job.id}").partition('id="clips"')[2]


def test_a_recording_at_work_has_no_clips_yet(anna: Visitor) -> None:
    waiting = anna.send()
    assert ask(anna, waiting, lines="0").status_code == 409
