"""Hostile files through the real upload: each ends in a clear answer, good ones still work.

Hundreds with `make trials`, every third of them in every test run; tests/hostile has all kinds in every run.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from app.audio.wav import write_wav
from tests.e2e.visitor import Visitor
from tests.hostile.corpus import NAMES, Hostile, make_corpus
from tests.long import LONG
from tests.running import RunningServer
from tests.speech import english

AT_ONCE = 3
N_FILES, EVERY = (300, 1) if LONG else (70, 3)

pytestmark = pytest.mark.slow


def hostile_files(folder: Path) -> list[Hostile]:
    """Take what must or may be refused, and good files with wicked names."""
    corpus = make_corpus(folder)
    files = [file for file in corpus if file.verdict != "good"]
    named = [file for file in corpus if file.name in NAMES]
    return (files + named)[::EVERY]


@pytest.mark.timeout(300)
def test_each_hostile_upload_ends_in_a_clear_answer(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    files = hostile_files(folder)
    assert len(files) > N_FILES
    program = tmp_path / "program"
    program.mkdir()
    with (
        RunningServer(
            program, max_active_jobs=1000, max_duration_s=600, transcriber="pocketsphinx"
        ) as server,
        Visitor(server) as visitor,
    ):
        master = psutil.Process(server.process.pid)
        for number, hostile in enumerate(files):
            (folder / str(number)).write_bytes(hostile.content)
        visitor.log_in()

        def send(numbered: tuple[int, Hostile]) -> tuple[Hostile, int, dict]:
            number, hostile = numbered
            answer = visitor.upload(folder / str(number), name=hostile.name)
            return hostile, answer.status_code, answer.json()

        with ThreadPoolExecutor(AT_ONCE) as threads:
            answers = list(threads.map(send, enumerate(files)))

        for hostile, status, answer in answers:
            assert status in (201, 413, 422), (hostile.name, status, answer)
            if status != 201:
                assert answer["errors"][0]["message"].endswith("."), hostile.name

        deadline = time.monotonic() + 150
        while not all(job.status.ended for job in visitor.store.visible()):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        jobs = {job.id: job for job in visitor.store.visible()}
        accepted = {answer["jobs"][0]["id"]: hostile for hostile, status, answer in answers if status == 201}
        assert set(jobs) == set(accepted)
        for job in jobs.values():
            if job.status.value == "done":
                assert accepted[job.id].verdict != "refused", job
            else:
                assert str(job.error).endswith("."), job

        write_wav(tmp_path / "good.wav", english("The budget is ready."))
        good = visitor.wait_for(visitor.send(tmp_path / "good.wav"), "done")
        assert "budget" in visitor.download(good.id, "transcript.txt").text.lower()
        assert list((program / "uploads" / "incoming").iterdir()) == []
        assert not (program / "owned").exists()
        assert len(master.children()) == 1, "the worker is still the first one"
        assert not [line for line in server.log if "Traceback" in line]
