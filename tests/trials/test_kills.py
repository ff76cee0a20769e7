"""`kill -9` at any pace: every accepted recording is done, and what a kill leaves behind is gone soon.

Short in every test run; forty kills at each pace on both databases with `make trials`.
"""

import contextlib
import random
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.visitor import Visitor
from tests.long import LONG
from tests.postgres import BINARIES, Postgres
from tests.running import RunningServer
from tests.trials.slow_clients import connect

pytestmark = pytest.mark.slow

TEXT = "We decided to open the new office in May. Anna will prepare the budget until Friday."
GONE_WITHIN_S = 60.0
# How long a process lives, from its address to its end
PACES = {"at once": (0.2, 1.0), "while it works": (0.3, 4.5), "while it works on": (6.0, 14.0)}
KILLS = 40 if LONG else 2


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A meeting of some seconds, spoken by flite."""
    folder = tmp_path_factory.mktemp("speech")
    path = folder / "meeting.wav"
    text = " ".join([TEXT] * (5 if LONG else 1))
    subprocess.run(["flite", "-voice", "rms", "-t", text, "-o", str(path)], check=True, timeout=60)
    return path


def half_an_upload(server: RunningServer) -> socket.socket:
    """Begin an upload to the API, and leave it in its middle."""
    client = connect(server)
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
    head = (
        "POST /v1/audio/transcriptions HTTP/1.1",
        "Host: localhost",
        "Content-Type: multipart/form-data; boundary=b",
        f"Content-Length: {10**8}",
    )
    client.sendall("\r\n".join((*head, "", "")).encode() + part + bytes(10**6))
    return client


def leftovers(folder: Path) -> list[Path]:
    """Return what no process works on any more, once all jobs have ended."""
    return [
        *(folder / "uploads" / "incoming").glob("*.part"),
        *(folder / "uploads" / "incoming").glob("call-*"),
        *(folder / "uploads" / "trash").glob("*"),
        *(folder / "results" / "trash").glob("*"),
        *(folder / "results").rglob("*.part"),
    ]


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Give the setting of a database: SQLite in the program's folder, or a PostgreSQL server."""
    with contextlib.ExitStack() as running:
        if request.param == "postgresql":
            if not BINARIES:
                pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
            server = running.enter_context(Postgres())
            yield {"database_url": server.create("killed")}
        else:
            yield {}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"] if LONG else ["sqlite"], indirect=True)
@pytest.mark.parametrize("pace", PACES if LONG else ["while it works"])
def test_every_accepted_recording_is_done_however_often_the_program_is_killed(
    pace: str, database: dict[str, str], speech: Path, tmp_path: Path
) -> None:
    chance = random.Random(pace)
    settings = {"transcriber": "pocketsphinx", "workers": 2, "max_active_jobs": 100}
    with (
        RunningServer(tmp_path, **settings, **database) as server,
        Visitor(server) as visitor,
    ):
        accepted: list[str] = []
        for _ in range(KILLS):
            dies_at = time.monotonic() + chance.uniform(*PACES[pace])
            half = half_an_upload(server)
            accepted.append(visitor.send(speech))
            time.sleep(max(0.0, dies_at - time.monotonic()))
            server.kill()
            half.close()
            server.start()
        began = time.monotonic()
        while left := [path for path in leftovers(tmp_path) if "results" not in path.parts]:
            assert time.monotonic() - began < GONE_WITHIN_S, left
            time.sleep(0.2)
        gone_s = time.monotonic() - began
        jobs = [visitor.wait_for(job_id, "done", "failed", timeout_s=1200) for job_id in accepted]
        n_done = sum(job.status == "done" for job in jobs)
        print(
            f"{pace}, {'PostgreSQL' if database else 'SQLite'}: {KILLS} kills, {len(accepted)} accepted,"
            f" {n_done} done, most attempts {max(job.attempt for job in jobs)},"
            f" leftovers gone in {gone_s:.1f} s"
        )
        assert accepted
        assert {job.status.value for job in jobs} == {"done"}, [str(job.error) for job in jobs if job.error]
        assert len(visitor.store.visible()) == len(accepted)
        assert leftovers(tmp_path) == []
