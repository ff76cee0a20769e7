"""Hundreds of hostile files through the real upload: each ends in a clear answer, good ones still work."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from tests.e2e.visitor import Visitor
from tests.hostile.corpus import Hostile, make_corpus
from tests.making import make_media
from tests.running import RunningServer

AT_ONCE = 3


def hostile_files(folder: Path) -> list[Hostile]:
    """Take those that end in a refusal or may, and a few that are good under a wicked name."""
    corpus = make_corpus(folder)
    good = [file for file in corpus if file.verdict == "good"]
    return [file for file in corpus if file.verdict != "good"] + good[-20:]


def test_each_of_300_hostile_uploads_ends_in_a_clear_answer(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    files = hostile_files(folder)
    assert len(files) >= 300
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
            if hostile.verdict == "refused":
                assert status != 201, hostile.name
            if status != 201:
                assert answer["errors"][0]["message"].endswith("."), hostile.name

        accepted = [answer["jobs"][0]["id"] for _, status, answer in answers if status == 201]
        deadline = time.monotonic() + 150
        while not all(job.status.ended for job in visitor.store.visible()):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        jobs = {job.id: job for job in visitor.store.visible()}
        assert set(jobs) == set(accepted)
        for job in jobs.values():
            assert job.status.value == "done" or str(job.error).endswith("."), job
            assert job.attempt == 1, job

        speech = make_media(
            tmp_path / "good.wav", "-f", "lavfi", "-i", "flite=text='the budget is ready':voice=rms"
        )
        assert visitor.wait_for(visitor.send(speech), "done").status.value == "done"
        assert list((program / "uploads" / "incoming").iterdir()) == []
        assert not (program / "owned").exists()
        assert len(master.children()) == 1, "the worker is still the first one"
        assert not [line for line in server.log if "Traceback" in line]
