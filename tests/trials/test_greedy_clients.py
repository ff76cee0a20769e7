"""Clients of one address ask for the heaviest documents again and again: others have their pages.

Runs with `make trials`. That each waits for the one before is tested in every run by test_turns.py.
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from app.config import Config
from app.documents.transcript import Segment, Transcript, Word
from app.jobs.folders import Folders
from app.pipeline import artifacts
from tests.e2e.visitor import Visitor
from tests.long import LONG
from tests.making import TONE, make_media
from tests.running import RunningServer
from tests.trials.slow_clients import check, watched

CLIENTS, FOR_S, QUIET_S = 100, 40.0, 5.0
PATIENCE_S = 15.0  # then a client goes away and asks again
LINES, WORDS = 5000, 12  # of eight hours

pytestmark = pytest.mark.skipif(not LONG, reason="make trials")


def long_talk() -> Transcript:
    words = [f"слово{n}" for n in range(500)]
    lines = []
    for n in range(LINES):
        at = n * 5.7
        said = [Word(at + k * 0.4, at + k * 0.4 + 0.3, words[(n * 7 + k) % 500], 0.9) for k in range(WORDS)]
        lines.append(Segment(at, at + 5, " ".join(word.text for word in said), "Speaker 1", tuple(said)))
    return Transcript(tuple(lines), "ru", "an actor", LINES * 5.7)


@contextlib.contextmanager
def asking(server: RunningServer, cookie: str, path: str) -> Iterator[list[int]]:
    """Ask from many connections until the end of the block; give the statuses."""
    ended, statuses = threading.Event(), list[int]()

    def ask() -> None:
        with requests.Session() as browser:
            while not ended.is_set():
                with contextlib.suppress(requests.RequestException):
                    answer = browser.get(server.url + path, headers={"Cookie": cookie}, timeout=PATIENCE_S)
                    statuses.append(answer.status_code)
                    if answer.status_code == 503:
                        ended.wait(1)

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield statuses
    finally:
        ended.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("what", ["download/everything.zip", "transcript", "page"])
def test_who_asks_for_the_heaviest_again_and_again_holds_nobody_up(what: str, tmp_path: Path) -> None:
    sound = make_media(tmp_path / "a.wav", *TONE)
    with RunningServer(tmp_path, transcriber="pocketsphinx") as server, Visitor(server) as visitor:
        server.wait_until_ready()
        job_id = visitor.send(sound)
        job = visitor.wait_for(job_id, "done", timeout_s=120)
        where = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "data")}
        recording = Folders(Config(_env_file=None, **where)).recording(job)  # type: ignore[call-arg,arg-type]
        artifacts.save("transcribe", replace(recording, transcript=long_talk()))
        cookie = "; ".join(f"{one.name}={one.value}" for one in visitor.browser.cookies)
        path = f"/jobs/{job_id}" if what == "page" else f"/jobs/{job_id}/{what}"
        assert visitor.browser.get(server.url + path, timeout=60).status_code == 200
        quiet = watched(server, QUIET_S)
        logged = len(server.log)
        with asking(server, cookie, path) as statuses:
            meanwhile = watched(server, FOR_S)
        lines = [line for line in server.log[logged:] if "path=/ " not in line]
        after = watched(server, QUIET_S)
        print(f"{len(statuses)} answers: { {status: statuses.count(status) for status in set(statuses)} }")
        assert set(statuses) <= {200, 503}
        check(what, quiet, meanwhile, after, 0, FOR_S)
        assert len(lines) < 100 + len(statuses)
