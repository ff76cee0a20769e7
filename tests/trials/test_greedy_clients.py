"""Clients of one address ask for the heaviest documents again and again: others have their pages.

Runs with `make trials`. That each waits for the one before is tested in every run by test_turns.py.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.config import Config
from app.documents.transcript import Segment, Transcript, Word
from app.jobs.folders import Folders
from app.pipeline import artifacts
from tests.e2e.visitor import Visitor
from tests.long import LONG
from tests.making import TONE, make_media
from tests.running import RunningServer
from tests.trials.slow_clients import check, watched

FOR_S, QUIET_S = 40.0, 5.0
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
    """Ask from many connections until the end of the block; give the statuses then."""
    statuses: list[int] = []
    command = [sys.executable, "-m", "tests.trials.greedy_clients", server.url + path, cookie]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as clients:
        yield statuses
        statuses += json.loads(clients.communicate("")[0])


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
