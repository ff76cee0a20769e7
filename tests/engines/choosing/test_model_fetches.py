"""The line of models that people have asked for: one after the other, each can be left."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Config
from app.engines.choosing.model_fetches import ModelFetches
from app.engines.weights.condition import condition
from app.engines.weights.sources import Website, WeightFile, Weights
from tests.waiting import until
from tests.weights_server import BODY, Answer, Server, weights_server

DEAD = Weights("dead", (Website((WeightFile("dead.pt", "0" * 64, 9),), ("http://127.0.0.1:9/x",)),))


@pytest.fixture
def server() -> Iterator[Server]:
    with weights_server() as server:
        yield server


@pytest.fixture
def fetches(tmp_path: Path) -> ModelFetches:
    return ModelFetches(Config(_env_file=None, models_dir=tmp_path, disk_reserve_bytes=0))


def test_those_that_wait_come_one_after_the_other(
    server: Server, fetches: ModelFetches, tmp_path: Path
) -> None:
    first, second = (
        Weights(name, (server.source(Answer(), path=f"{name}/base.pt"),)) for name in ("first", "second")
    )
    for weights in (first, second, first):
        fetches.request(weights)
    assert list(fetches.tasks()) == ["first", "second"]
    fetches.run_once()
    assert list(fetches.tasks()) == ["second"]
    assert condition(first, tmp_path).state == "checked"
    fetches.run_once()
    assert not fetches.tasks()
    assert condition(second, tmp_path).state == "checked"
    assert not fetches.errors


def test_what_went_wrong_is_told_until_it_is_asked_for_again(fetches: ModelFetches) -> None:
    fetches.request(DEAD)
    fetches.run_once()
    assert "dead could not be fetched" in str(fetches.errors["dead"])
    fetches.request(DEAD)
    assert not fetches.errors


def test_a_folder_that_cannot_be_written_is_told(fetches: ModelFetches, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("a file")
    file = WeightFile("in/dead.pt", "0" * 64, 9)
    fetches.request(Weights("dead", (Website((file,), ("http://127.0.0.1:9/x",)),)))
    fetches.run_once()
    assert "could not keep it" in str(fetches.errors["dead"])


def test_a_fetch_is_left_in_its_middle_and_another_before_it_begins(
    server: Server, fetches: ModelFetches, tmp_path: Path
) -> None:
    slow = Weights("slow", (server.source(Answer(sends=1 << 20, stalls=True)),))
    fetches.request(slow)
    fetches.request(DEAD)
    turn = threading.Thread(target=fetches.run_once, name="konspekt-test")
    turn.start()
    until(lambda: (now := fetches.underway()) is not None and now.fraction > 0.4)
    fetches.cancel("dead")
    assert list(fetches.tasks()) == ["slow"]
    fetches.cancel("slow")
    turn.join(5)
    assert not fetches.tasks()
    assert not fetches.errors
    assert condition(slow, tmp_path).state == "partial", "what has come is kept"


def test_a_damaged_file_is_found_and_fetched_anew(
    server: Server, fetches: ModelFetches, tmp_path: Path
) -> None:
    weights = Weights("mini", (server.source(Answer(), path="mini/base.pt"),))
    (tmp_path / "mini").mkdir()
    (tmp_path / "mini/base.pt").write_bytes(BODY[:-1] + b"?")
    fetches.request(weights, "check")
    fetches.run_once()
    assert condition(weights, tmp_path).state == "damaged"
    fetches.request(weights)
    fetches.run_once()
    assert (tmp_path / "mini/base.pt").read_bytes() == BODY
    assert condition(weights, tmp_path).state == "checked"


def test_a_closed_one_takes_no_request(fetches: ModelFetches) -> None:
    fetches.request(DEAD)
    fetches.close()
    fetches.request(DEAD, "check")
    fetches.run_once()
    assert not fetches.tasks()
    assert not fetches.errors, "it was not tried"
