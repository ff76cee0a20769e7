from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Config
from app.engines.weights.fetch import Silent
from app.engines.weights.sources import Website, WeightFile, Weights
from app.engines.weights.underway import Fetches, Underway
from app.errors import EngineUnavailable, JobCancelled
from tests.weights_server import BODY, Answer, Server, weights_server

DEAD = Website((WeightFile("whisper/base.pt", "0" * 64, len(BODY)),), ("http://127.0.0.1:9/x",))


@pytest.fixture
def server() -> Iterator[Server]:
    with weights_server() as server:
        yield server


def config(folder: Path) -> Config:
    return Config(_env_file=None, models_dir=folder, disk_reserve_bytes=0)


def test_others_see_how_far_a_fetch_is_from_where_and_for_how_long(server: Server, tmp_path: Path) -> None:
    weights = Weights("whisper-base", (DEAD, server.source(Answer(pace_s=0.1))))
    ticks = iter(range(10_000))
    fetches, seen = Fetches(config(tmp_path), lambda: float(next(ticks))), []

    def look(_: float) -> None:
        if (underway := fetches.current()) is not None:
            seen.append(underway)

    fetches.fetch(weights, look, Silent())
    assert fetches.current() is None
    assert seen[0].source == "127.0.0.1:9", "what is asked at present"
    assert seen[-1].source == server.url.removeprefix("http://")
    assert (seen[-1].fraction, seen[-1].done_bytes) == (1.0, len(BODY))
    middle = [underway for underway in seen if 0.3 < underway.fraction < 0.9]
    assert middle
    assert all(underway.remaining_s and underway.remaining_s > 0 for underway in middle)
    assert seen[0].remaining_s is None


@pytest.mark.parametrize("trouble", [JobCancelled, EngineUnavailable])
def test_a_fetch_that_ends_early_goes_on_no_more(
    server: Server, tmp_path: Path, trouble: type[BaseException]
) -> None:
    def progress(_: float) -> None:
        if trouble is JobCancelled:
            raise JobCancelled

    fetches = Fetches(config(tmp_path))
    with pytest.raises(trouble):
        fetches.fetch(Weights("whisper-base", (DEAD,)), progress, Silent())
    assert fetches.current() is None


def test_a_fetch_is_announced_with_the_source_that_is_asked_first(tmp_path: Path) -> None:
    announced = Fetches(config(tmp_path)).announced(Weights("whisper-base", (DEAD,)))
    assert announced == Underway("whisper-base", len(BODY), "127.0.0.1:9")
