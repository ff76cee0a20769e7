"""`kill -9` at any moment: each accepted job goes on after its last finished stage, nothing is done twice."""

import json
import re
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.pipeline.checkpoint import Checkpoint, checkpoint_path, latest_records
from tests.e2e.chat import ChatServer
from tests.e2e.visitor import Visitor
from tests.running import RunningServer

TEXT = "We decided to open the new office in May. Anna will prepare the budget until Friday."
WORDS = {"office", "budget", "friday", "open", "new"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A meeting of some seconds, spoken by flite."""
    path = tmp_path_factory.mktemp("speech") / "meeting.wav"
    subprocess.run(["flite", "-voice", "rms", "-t", TEXT, "-o", str(path)], check=True, timeout=60)
    return path


def test_what_is_accepted_survives_a_kill_in_the_middle_of_each_stage_and_keeps_its_order(
    speech: Path, tmp_path: Path
) -> None:
    with (
        ChatServer() as chat,
        RunningServer(
            tmp_path, transcriber="pocketsphinx", summarizer="openai", llm_url=chat.url, llm_model="any"
        ) as server,
        Visitor(server) as visitor,
    ):
        job_id, waiting = visitor.send(speech), list[str]()
        finished = dict[str, int]()
        for stage in ("extract", "transcribe", "summarize"):
            visitor.wait_for(job_id, stage)
            if stage == "summarize":
                chat.wait_until_asked()
            server.kill()
            left = visitor.job(job_id)
            assert (left.status.value, left.stage) == ("running", stage)
            before, finished = finished, results(tmp_path, job_id)
            assert before.items() <= finished.items(), "a finished stage was done again"
            if stage == "summarize":
                chat.answer()
            server.start()
            if not waiting:
                waiting = [visitor.send(speech) for _ in range(2)]
        jobs = [visitor.wait_for(one, "done") for one in (job_id, *waiting)]
        assert finished.items() <= results(tmp_path, job_id).items(), "a finished stage was done again"
        ended = [job.finished_at for job in jobs]
        assert ended == sorted(ended)
        assert len(visitor.store.visible()) == len(jobs)
        transcript = visitor.download(job_id, "transcript.txt")
        assert transcript.status_code == 200
        assert len(WORDS & set(transcript.text.lower().replace(".", " ").split())) >= 2
        assert visitor.download(job_id, "minutes.docx").content.startswith(b"PK")


def results(folder: Path, job_id: str) -> dict[str, int]:
    """Return what the finished stages have left, and when they wrote it."""
    files = (folder / "results" / job_id).glob("*.json")
    return {path.name: path.stat().st_mtime_ns for path in files}


def test_a_stop_in_the_middle_of_a_stage_gives_the_job_back_and_it_goes_on_from_there(
    speech: Path, tmp_path: Path
) -> None:
    """The transcript so far is changed between stop and start: what goes on from it says so."""
    with RunningServer(tmp_path, transcriber="pocketsphinx") as server, Visitor(server) as visitor:
        job_id = visitor.send(said_twice(speech, tmp_path), language="en")
        visitor.wait_for(job_id, "transcribe")
        checkpoint = checkpoint_path(tmp_path / "results" / job_id, "transcribe")
        while not (kept := latest_records(checkpoint, 9)):
            assert visitor.job(job_id).status.value == "running"
            time.sleep(0.005)
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 10, "what Docker gives a container"
        back = visitor.job(job_id)
        assert (back.status.value, back.attempt) == ("queued", 0)
        of = json.loads(checkpoint.read_bytes().partition(b"\n")[0])
        resumed = Checkpoint(checkpoint, {key: of[key] for key in of if key != "format"}, lambda: None)
        resumed.replace(re.sub(rb'"text":"[^"]*"', b'"text":"kept words"', kept[0]))
        server.start()
        done = visitor.wait_for(job_id, "done")
        assert (done.status.value, done.attempt) == ("done", 1)
        assert "kept words" in visitor.download(job_id, "transcript.txt").text


def said_twice(speech: Path, folder: Path) -> Path:
    """Return the speech, a silence, and the speech again: two utterances for the recognizer."""
    samples, rate = soundfile.read(speech)
    path = folder / "twice.wav"
    soundfile.write(path, np.concatenate([samples, np.zeros(3 * rate), samples]), rate)
    return path


def test_a_stop_ends_open_streams(speech: Path, tmp_path: Path) -> None:
    with RunningServer(tmp_path, transcriber="pocketsphinx") as server, Visitor(server) as visitor:
        visitor.send(speech)
        with visitor.browser.get(f"{server.url}/events", stream=True, timeout=30) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith(b"retry:")
            assert server.stop(timeout_s=15) == 0
            for _ in lines:  # it ends: the server closed it
                pass
