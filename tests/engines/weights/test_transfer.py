import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engines.weights.transfer import CHUNK_BYTES, NoAnswerError, SourceError, receive, watched
from app.errors import JobCancelled
from tests.waiting import SOON_S
from tests.weights_server import BODY, Answer, Server, weights_server


@pytest.fixture
def server() -> Iterator[Server]:
    with weights_server() as server:
        yield server


def quiet() -> None:
    pass


def take(server: Server, part: Path, *answers: Answer) -> None:
    server.answers.extend(answers)
    receive(f"{server.url}/base.pt", part, len(BODY), quiet)


def test_a_cut_connection_goes_on_where_it_broke_off(server: Server, tmp_path: Path) -> None:
    part = tmp_path / "part"
    take(server, part, Answer(sends=1_000_000), Answer(sends=700_000), Answer())
    assert part.read_bytes() == BODY
    starts = [int(asked.removeprefix("bytes=").rstrip("-")) for asked in server.asked if asked]
    assert starts[0] == pytest.approx(1_000_000, abs=CHUNK_BYTES)
    assert starts[1] == pytest.approx(starts[0] + 700_000, abs=CHUNK_BYTES)


def test_a_server_without_ranges_sends_it_all_again(server: Server, tmp_path: Path) -> None:
    take(server, tmp_path / "part", Answer(sends=1_000_000), Answer(ranges=False))
    assert (tmp_path / "part").read_bytes() == BODY


@pytest.mark.parametrize("length", [1_000_000, len(BODY) + 5000])
def test_a_server_that_lies_about_the_length_is_seen_through(
    server: Server, tmp_path: Path, length: int
) -> None:
    take(server, tmp_path / "part", Answer(length=length, sends=min(length, len(BODY))), Answer())
    assert (tmp_path / "part").read_bytes() == BODY


@pytest.mark.parametrize("status", [404, 503])
def test_a_refusal_is_told_by_its_number(server: Server, tmp_path: Path, status: int) -> None:
    with pytest.raises(SourceError, match=f"answers {status}"):
        take(server, tmp_path / "part", Answer(status=status))
    assert len(server.asked) == 1


def test_an_answer_without_a_byte_is_not_asked_for_ever(server: Server, tmp_path: Path) -> None:
    with pytest.raises(NoAnswerError):
        take(server, tmp_path / "part", Answer(length=100, sends=0))
    assert len(server.asked) == 1


def test_a_dead_server_costs_no_time(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(NoAnswerError):
        receive("http://127.0.0.1:9/base.pt", tmp_path / "part", 100, quiet)
    assert time.monotonic() - begun < SOON_S


def test_a_server_that_stalls_is_left_within_two_seconds(server: Server, tmp_path: Path) -> None:
    """Also while no byte comes: what has come stays, and nobody writes to it any more."""
    part, begun = tmp_path / "part", time.monotonic()

    def cancel() -> None:
        if part.exists() and part.stat().st_size >= 400_000 and time.monotonic() - begun > 0.5:
            raise JobCancelled

    server.answers.append(Answer(sends=500_000, stalls=True))
    with pytest.raises(JobCancelled):
        receive(f"{server.url}/base.pt", part, len(BODY), cancel)
    assert time.monotonic() - begun < SOON_S
    here = part.read_bytes()
    assert len(here) >= 400_000
    assert BODY.startswith(here)


def test_work_that_does_not_end_is_left_within_two_seconds() -> None:
    ends, begun = threading.Event(), time.monotonic()

    def cancel() -> None:
        if time.monotonic() - begun > 0.2:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        watched(ends.wait, cancel)
    assert time.monotonic() - begun < SOON_S
    ends.set()
    for thread in threading.enumerate():
        if thread.name == "fetch-weights":
            thread.join(5)


def test_work_that_ends_at_once_is_reported_and_can_be_cancelled() -> None:
    reports: list[int] = []
    watched(lambda: None, lambda: reports.append(1))
    assert reports

    def cancel() -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        watched(lambda: None, cancel)


def test_what_the_work_gives_or_raises_is_handed_on() -> None:
    assert watched(lambda: 7, quiet) == 7
    with pytest.raises(ZeroDivisionError):
        watched(lambda: 1 // 0, quiet)
