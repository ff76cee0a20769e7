import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Config
from app.engines.choosing.transcribers import Failures
from app.engines.choosing.whisper_fetch import WhisperFetch
from app.engines.weights.sources import Website, WeightFile, Weights
from app.engines.weights.underway import Fetches
from app.errors import JobCancelled
from tests.waiting import until
from tests.weights_server import BODY, Answer, Server, weights_server

DEAD = Website((WeightFile("whisper/small.pt", "0" * 64, len(BODY)),), ("http://127.0.0.1:9/x",))


@pytest.fixture
def server() -> Iterator[Server]:
    with weights_server() as server:
        yield server


@pytest.fixture
def failures() -> Failures:
    return Failures()


@pytest.fixture
def whisper(tmp_path: Path, failures: Failures) -> Iterator[WhisperFetch]:
    config = Config(_env_file=None, models_dir=tmp_path, disk_reserve_bytes=0)
    whisper = WhisperFetch(Fetches(config), failures)
    yield whisper
    whisper.close()


@pytest.fixture
def turn(whisper: WhisperFetch) -> Iterator[threading.Thread]:
    """Give a thread that takes one turn."""
    thread = threading.Thread(target=whisper.run_once, name="konspekt-test")
    yield thread
    whisper.close()
    thread.join()


def test_a_turn_without_a_request_does_nothing(whisper: WhisperFetch) -> None:
    whisper.run_once()
    assert not whisper.running
    assert whisper.current() is None


def test_the_first_that_can_be_had_is_fetched(
    server: Server, whisper: WhisperFetch, failures: Failures, tmp_path: Path
) -> None:
    failures.add("whisper-base")
    whisper.request([Weights("whisper-small", (DEAD,)), Weights("whisper-base", (server.source(Answer()),))])
    assert whisper.running
    announced = whisper.current()
    assert announced is not None
    assert (announced.name, announced.fraction) == ("whisper-small", 0.0), "before a turn has begun"
    whisper.run_once()
    assert not whisper.running
    assert whisper.error is None
    assert (tmp_path / "whisper/base.pt").read_bytes() == BODY
    assert failures.recent() == {"whisper-small"}, "and what was fetched has failed no more"


def test_what_went_wrong_is_told_until_the_next_request(whisper: WhisperFetch, failures: Failures) -> None:
    whisper.request([Weights("whisper-small", (DEAD,))])
    whisper.run_once()
    assert "whisper-small could not be fetched" in str(whisper.error)
    assert failures.recent() == {"whisper-small"}
    whisper.request([Weights("whisper-small", (DEAD,))])
    assert whisper.error is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, whisper: WhisperFetch) -> None:
    (tmp_path / "whisper").write_text("a file")
    whisper.request([Weights("whisper-small", (DEAD,))])
    whisper.run_once()
    assert "Whisper could not be fetched" in str(whisper.error)
    assert not whisper.running


def test_a_second_request_joins_the_first(
    server: Server, whisper: WhisperFetch, turn: threading.Thread, tmp_path: Path
) -> None:
    weights = Weights("whisper-base", (server.source(Answer(pace_s=0.1)),))
    whisper.request([weights])
    turn.start()
    until(lambda: bool(server.asked))
    whisper.request([weights])
    turn.join()
    whisper.run_once()
    assert len(server.asked) == 1


def test_a_cancelled_fetch_ends_at_once_and_goes_on_the_next_time(
    server: Server, whisper: WhisperFetch, turn: threading.Thread, tmp_path: Path
) -> None:
    weights = Weights("whisper-base", (server.source(Answer(sends=len(BODY) // 2, stalls=True), Answer()),))
    part = tmp_path / "whisper/base.pt.part"
    whisper.request([weights])
    turn.start()
    until(lambda: part.is_file() and part.stat().st_size >= len(BODY) // 2)
    whisper.cancel()
    turn.join(3)
    assert not turn.is_alive()
    assert not whisper.running
    assert whisper.error is None
    whisper.request([weights])
    whisper.run_once()
    assert server.asked == [None, f"bytes={len(BODY) // 2}-"]
    assert (tmp_path / "whisper/base.pt").read_bytes() == BODY


def test_a_job_waits_for_what_was_asked_for_and_can_be_cancelled(
    server: Server, whisper: WhisperFetch, turn: threading.Thread
) -> None:
    told: list[float] = []
    whisper.wait(told.append)
    assert told == [], "nothing is fetched"

    def impatient(_: float) -> None:
        raise JobCancelled

    whisper.request([Weights("whisper-base", (server.source(Answer(pace_s=0.1)),))])
    with pytest.raises(JobCancelled):
        whisper.wait(impatient)
    turn.start()
    whisper.wait(told.append)
    assert not whisper.running
    assert told == sorted(told)
    assert told[-1] > 0


def test_a_closed_one_takes_no_request(whisper: WhisperFetch) -> None:
    whisper.request([Weights("whisper-small", (DEAD,))])
    whisper.close()
    assert not whisper.running
    whisper.request([Weights("whisper-small", (DEAD,))])
    assert not whisper.running
