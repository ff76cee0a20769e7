from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, render_template

from app.jobs.forecast import Forecast
from app.jobs.job import Job, JobStatus
from app.web.pages.rows import Board, Row

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
STAGES = ("extract", "transcribe", "summarize")


def row(remaining_s: float | None = None, ago_s: float = 0, **job: object) -> Row:
    began = NOW - timedelta(seconds=ago_s)
    running = Job(
        *("a" * 32, "anna", "call.mp3", 1000, "auto", STAGES, JobStatus.RUNNING, began),
        stage="transcribe",
        started_at=began,
        progressed_at=began,
        engines={"extract": "ffmpeg"},
    )
    return Row(replace(running, **job), Forecast(None, None, remaining_s, 0.5, None), NOW)  # type: ignore[arg-type]


def test_a_running_job_that_was_cancelled_is_stopping() -> None:
    assert row().state == "running"
    assert row(cancel_requested=True).state == "stopping"


def test_steps_say_what_is_done_what_runs_and_what_comes() -> None:
    assert [state for _, state in row().steps] == ["done", "now", "next"]
    assert {state for _, state in row(status=JobStatus.DONE).steps} == {"done"}


def test_a_step_that_failed_is_told_from_one_that_is_done() -> None:
    going_on = row(stages=(*STAGES, "vectorize"), stage="vectorize")
    assert [state for _, state in going_on.steps] == ["done", "failed", "failed", "now"]


@pytest.mark.parametrize(
    ("engines", "opens"), [({}, False), ({"extract": "ffmpeg"}, False), ({"vectorize": "log-mel"}, True)]
)
def test_a_failed_recording_opens_where_something_is_to_be_seen(engines: dict[str, str], opens: bool) -> None:
    assert row(status=JobStatus.FAILED, engines=engines).opens is opens


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.CANCELLED])
def test_what_was_heard_is_there_to_take_where_its_minutes_did_not_come(status: JobStatus) -> None:
    stages = ("extract", "transcribe", "summarize")
    heard = row(status=status, stages=stages, engines={"extract": "ffmpeg", "transcribe": "whisper"})
    assert list(heard.prominent) == ["transcript.txt"]
    assert "transcript.srt" in heard.more
    assert "minutes.pdf" not in heard.more
    assert not row(status=status, stages=stages, engines={"extract": "ffmpeg"}).prominent


@pytest.mark.parametrize(("ago_s", "stalled_s"), [(5, None), (119, None), (180, 180)])
def test_a_job_that_does_not_move_for_two_minutes_is_pointed_out(
    ago_s: float, stalled_s: float | None
) -> None:
    assert row(ago_s=ago_s).stalled_s == stalled_s
    assert row(ago_s=ago_s, status=JobStatus.QUEUED).stalled_s is None


def test_how_much_was_heard_is_said_only_while_hearing() -> None:
    assert row(progress=0.25, duration_s=600.0).heard_s == 150
    assert row(progress=0.25, duration_s=600.0, stage="summarize").heard_s is None


def test_a_row_says_that_it_takes_longer(app: Flask) -> None:
    late = replace(row(60), forecast=Forecast(None, None, 60.0, 0.5, 100.0, late=True))
    for shown, said in ((late, True), (row(60), False)):
        with app.test_request_context(headers={"Accept-Language": "ru"}):
            assert ("дольше, чем ожидалось" in render_template("_row.html", row=shown)) is said


def test_a_board_is_done_when_its_last_job_is_and_says_nothing_where_one_is_not_known() -> None:
    assert Board((row(60), row(90))).remaining_s == 90
    assert Board((row(60), row(None))).remaining_s is None
    assert Board(()).remaining_s is None
