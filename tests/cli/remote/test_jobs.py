"""A person in a terminal sends recordings to a server elsewhere, and gets their documents."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app.cli.remote.jobs import jobs
from app.errors import EngineFailed
from app.web.core.context import konspekt
from tests.jobs.acting import Acting

Run = Callable[..., Result]


@pytest.mark.usefixtures("working")
def test_a_recording_is_sent_and_its_documents_lie_in_a_folder(
    run: Run, meeting: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = (
        "--language",
        "English",
        "--with",
        "diarize",
        "--format",
        "minutes.docx",
        "--format",
        "transcript.srt",
    )
    sent = run("send", meeting, *words, "-o", out)
    assert sent.exit_code == 0, sent.output
    assert sorted(path.name for path in out.iterdir()) == ["meeting.minutes.docx", "meeting.transcript.srt"]
    assert "We meet on Monday." in (out / "meeting.transcript.srt").read_text("utf-8")
    (told,) = [json.loads(line) for line in run("list", "--json", "--status", "done").stdout.splitlines()]
    assert (told["name"], told["language"]) == ("meeting.wav", "en")
    assert "diarize" in told["stages"]
    again = run("get", told["id"], "--format", "transcript.srt", "-o", out)
    assert again.exit_code == 1
    assert "--force replaces it" in again.stderr
    printed = run("get", told["id"], "--format", "transcript.txt", "-o", "-")
    assert "We meet on Monday." in printed.stdout


def test_jobs_are_shown_cancelled_tried_again_and_deleted(run: Run, meeting: Path) -> None:
    job_id = run("send", meeting, "--quiet").stdout.strip()
    assert "queued" in run("show", job_id).stdout
    assert "cancelled" in run("cancel", job_id).stdout
    ended = run("wait", job_id)
    assert ended.exit_code == 1
    assert "It was cancelled." in ended.stderr
    assert "queued" in run("retry", job_id).stdout
    assert run("delete", job_id).exit_code == 0
    assert run("list").stdout == ""


@pytest.mark.usefixtures("working")
def test_one_that_failed_says_why_and_the_others_come(
    run: Run, meeting: Path, acting: Acting, tmp_path: Path
) -> None:
    acting.raises["summarize"] = EngineFailed("The model broke.")
    ended = run("send", meeting, meeting, "--wait", "--json")
    assert ended.exit_code == 3
    assert ended.stderr.count("Error: meeting.wav: The model broke.") == 2
    assert {json.loads(line)["status"] for line in ended.stdout.splitlines()} == {"failed"}


@pytest.mark.usefixtures("working")
def test_subtitles_become_minutes(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "call.vtt"
    path.write_text("WEBVTT\n\n00:01.000 --> 00:03.000\n<v Anna>We wait.", "utf-8")
    written = run("send", path, "--format", "minutes.txt", "-o", tmp_path / "call.txt")
    assert written.exit_code == 0, written.output
    assert "WE WAIT" in (tmp_path / "call.txt").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("send", "nothing.mp4"), 2, "There is no file nothing.mp4"),
        (("send", "ftp://example.org/a.mp4"), 1, "http"),
        (("get", "0", "--format", "minutes.doc"), 2, "There are: minutes.docx"),
        (("show", "0" * 32), 1, "There is no such recording"),
        (("show", "../keys"), 1, "no id of a job"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(run: Run, words: tuple[str, ...], status: int, said: str) -> None:
    told = run(*words)
    assert told.exit_code == status
    assert said in told.stderr


def test_a_key_opens_a_closed_server(app: Flask, address: str, run: Run) -> None:
    from datetime import UTC, datetime

    _, key = konspekt(app).integrations.api_keys.add("the CRM", "write", datetime.now(UTC), None)
    assert "asks for a key" in run("list").stderr
    told = CliRunner(env={"KONSPEKT_SERVER": address, "KONSPEKT_KEY": key}).invoke(jobs, ["list"])
    assert told.exit_code == 0, told.stderr
