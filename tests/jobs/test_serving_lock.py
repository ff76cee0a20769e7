"""What a killed process has left in flight goes with the next start, unless another process lives."""

import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE

import pytest

from app.config import Config
from app.jobs.job import JobStatus
from app.jobs.service import JobService
from app.jobs.serving_lock import ServingLock
from tests.jobs.acting import submit, upload, wait_until_ended

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows locks no folders")
TOP = Path(__file__).parents[2]
MakeService = Callable[..., JobService]


HOLDER = """
import sys
from pathlib import Path
from app.jobs.serving_lock import ServingLock
lock = ServingLock(Path(sys.argv[1]))
print(lock.take(), flush=True)
sys.stdin.read()
"""


def holder(folder: Path, alone: bool) -> "subprocess.Popen[str]":
    """Start a process that holds the lock; `alone` is what it must have found."""
    command = [sys.executable, "-c", HOLDER, str(folder)]
    process = subprocess.Popen(command, cwd=TOP, stdin=PIPE, stdout=PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == str(alone)
    return process


def kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def test_only_who_comes_when_all_others_are_dead_is_alone(tmp_path: Path) -> None:
    first, second = holder(tmp_path, alone=True), holder(tmp_path, alone=False)
    kill(first)
    third = holder(tmp_path, alone=False)
    kill(second)
    kill(third)
    assert ServingLock(tmp_path).take()


def test_what_was_in_flight_when_the_process_died_is_gone_at_the_next_start(
    make_service: MakeService, config: Config
) -> None:
    killed, service = make_service(), make_service()
    job = submit(killed)
    half, call = upload(killed), config.incoming_dir / "call-x"
    call.mkdir()
    (call / "sound.wav").write_bytes(b"RIFF")
    orphan = config.uploads_dir / uuid.uuid4().hex
    orphan.mkdir()
    stream = config.incoming_dir / f"live-{uuid.uuid4().hex}"
    stream.mkdir()
    (stream / "sound.wav").write_bytes(b"RIFF")
    service.start()
    assert not any(path.exists() for path in (half, call, orphan))
    assert (stream / "sound.wav").exists(), "somebody may go on speaking"
    assert wait_until_ended(service, job).status is JobStatus.DONE


def test_what_another_living_process_receives_stays(make_service: MakeService) -> None:
    standby, service = make_service(), make_service()
    standby.start()
    in_flight = upload(standby)
    service.start()
    assert in_flight.exists()
