import hashlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.engines.weights import fetch as fetching
from app.engines.weights import origin
from app.engines.weights.fetch import FORGET_S, Silent, fetch
from app.engines.weights.sources import Website, WeightFile, Weights
from app.errors import EngineUnavailable, JobCancelled, StorageFull
from tests.waiting import SOON_S
from tests.weights_server import BODY, Answer, Server, weights_server

DEAD = Website(
    (WeightFile("whisper/base.pt", hashlib.sha256(BODY).hexdigest(), len(BODY)),), ("http://127.0.0.1:9/x",)
)


@pytest.fixture
def server() -> Iterator[Server]:
    with weights_server() as server:
        yield server


def served(server: Server, *answers: Answer) -> Weights:
    return Weights("test", (server.source(*answers),))


def quiet(_: float) -> None:
    pass


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


def test_weights_arrive_whole_with_progress_and_their_origin(server: Server, tmp_path: Path) -> None:
    done: list[float] = []
    weights = served(server, Answer(pace_s=0.1))
    fetch(weights, tmp_path, done.append)
    assert (tmp_path / "whisper/base.pt").read_bytes() == BODY
    assert left(tmp_path) == {"base.pt", "test.source.json"}
    assert origin.read(weights, tmp_path) == server.url.removeprefix("http://")
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert len(set(done)) > 4


def test_what_is_there_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    weights = served(server, Answer())
    assert not weights.present(tmp_path)
    fetch(weights, tmp_path, quiet)
    assert weights.present(tmp_path)
    fetch(weights, tmp_path, quiet)
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"<html>Sign in to this hotel's network</html>" * 50_000, b"x" * len(BODY)])
def test_another_body_is_refused_and_leaves_nothing(server: Server, tmp_path: Path, body: bytes) -> None:
    with pytest.raises(EngineUnavailable, match="not the published file"):
        fetch(served(server, Answer(body=body)), tmp_path, quiet)
    assert left(tmp_path) == set()


def test_a_remainder_of_another_file_costs_one_more_fetch(server: Server, tmp_path: Path) -> None:
    part = tmp_path / "whisper/base.pt.part"
    part.parent.mkdir()
    part.write_bytes(b"x" * 1000)
    fetch(served(server, Answer(), Answer()), tmp_path, quiet)
    assert (tmp_path / "whisper/base.pt").read_bytes() == BODY
    assert server.asked == ["bytes=1000-", None]


def test_a_source_with_another_file_is_passed_over(server: Server, tmp_path: Path) -> None:
    good = server.source(Answer(body=b"x" * len(BODY)), Answer())
    weights = Weights("test", (good, good))
    fetch(weights, tmp_path, quiet)
    assert (tmp_path / "whisper/base.pt").read_bytes() == BODY
    assert len(server.asked) == 2


def test_a_source_may_have_another_conversion_under_other_names(server: Server, tmp_path: Path) -> None:
    other = server.source(Answer(status=404), Answer(), path="whisper/other.pt")
    first = replace(other, files=(replace(other.files[0], path="whisper/base.pt", sha256="0" * 64),))
    weights = Weights("test", (first, other))
    fetch(weights, tmp_path, quiet)
    assert weights.present(tmp_path)
    assert left(tmp_path) == {"other.pt", "test.source.json"}


def test_files_appear_together_or_not_at_all(server: Server, tmp_path: Path) -> None:
    good = server.source(Answer(), Answer(body=b"x" * len(BODY)), path="m/model.bin")
    files = (good.files[0], replace(good.files[0], path="m/config.json"))
    weights = Weights("m", (Website(files, good.urls * 2),))
    with pytest.raises(EngineUnavailable, match=r"its config\.json is not the published file"):
        fetch(weights, tmp_path, quiet)
    assert left(tmp_path) == {"model.bin.part"}
    server.answers.append(Answer())
    fetch(weights, tmp_path, quiet)
    assert left(tmp_path) == {"model.bin", "config.json", "m.source.json"}
    assert len(server.asked) == 3


def test_a_dead_source_costs_seconds_once(server: Server, tmp_path: Path) -> None:
    now = 0.0
    silent = Silent(lambda: now)
    weights = Weights("test", (DEAD, server.source(Answer(), Answer(), Answer())))
    begun = time.monotonic()
    fetch(weights, tmp_path / "1", quiet, silent=silent)
    assert time.monotonic() - begun < SOON_S
    assert DEAD.server in silent
    fetch(weights, tmp_path / "2", quiet, silent=silent)
    now = FORGET_S + 1
    assert DEAD.server not in silent


def test_the_failure_says_what_was_wrong_at_each_source_and_what_to_do(
    server: Server, tmp_path: Path
) -> None:
    weights = Weights("test", (DEAD, server.source(Answer(status=404))))
    with pytest.raises(EngineUnavailable) as failure:
        fetch(weights, tmp_path, quiet, silent=Silent())
    text = str(failure.value)
    assert f"127.0.0.1:9: no answer; {server.url.removeprefix('http://')}: answers 404" in text
    assert "Check the network" in text
    assert "KONSPEKT_WEIGHTS_MIRROR" in text
    assert str(tmp_path / "whisper/base.pt") in text


def test_without_a_network_all_sources_are_named(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"no answer from 127\.0\.0\.1:9\. Check the network"):
        fetch(Weights("test", (DEAD,)), tmp_path, quiet, silent=Silent())


def test_a_cancelled_fetch_keeps_what_has_come(server: Server, tmp_path: Path) -> None:
    def cancel(done: float) -> None:
        if done > 0.4:
            raise JobCancelled

    weights = served(server, Answer(pace_s=0.2), Answer())
    with pytest.raises(JobCancelled):
        fetch(weights, tmp_path, cancel)
    fetch(weights, tmp_path, quiet)
    assert (tmp_path / "whisper/base.pt").read_bytes() == BODY
    assert server.asked[1] is not None


def test_a_killed_process_is_taken_up_where_it_was(server: Server, tmp_path: Path) -> None:
    weights = served(server, Answer(pace_s=0.3), Answer())
    script = (
        "import pathlib, sys; from app.engines.weights.fetch import fetch; from app.engines.weights.sources"
        f" import *; fetch({weights!r}, pathlib.Path({str(tmp_path)!r}), lambda _: None)"
    )
    child = subprocess.Popen([sys.executable, "-c", script])
    part = tmp_path / "whisper/base.pt.part"
    while not part.exists() or part.stat().st_size < 300_000:
        time.sleep(0.02)
    child.kill()
    child.wait()
    fetch(weights, tmp_path, quiet)
    assert (tmp_path / "whisper/base.pt").read_bytes() == BODY
    assert int((server.asked[1] or "").removeprefix("bytes=").rstrip("-")) >= 300_000


def test_two_fetchers_of_one_model_do_not_collide(server: Server, tmp_path: Path) -> None:
    weights = served(server, Answer())
    watched: list[float] = []
    begun, others_turn = threading.Event(), threading.Event()

    def first(done: float) -> None:
        begun.set()
        others_turn.wait(10)

    def second(done: float) -> None:
        watched.append(done)
        others_turn.set()

    thread = threading.Thread(target=fetch, args=(weights, tmp_path, first))
    thread.start()
    begun.wait(10)
    fetch(weights, tmp_path, second)
    thread.join()
    assert len(server.asked) == 1
    assert watched[0] < 1.0
    assert watched[-1] == 1.0


def test_a_disk_without_room_is_seen_before_the_fetch(server: Server, tmp_path: Path) -> None:
    with pytest.raises(StorageFull, match="MB of free disk space"):
        fetch(served(server), tmp_path, quiet, reserve_bytes=10**18)
    assert server.asked == []


def test_a_disk_that_fills_up_meanwhile_is_told_the_same_way(server: Server, tmp_path: Path) -> None:
    """The system refuses to write on: here by a limit on the size of the child's files."""
    weights = served(server, Answer())
    script = (
        "import pathlib, resource; from app.engines.weights.fetch import fetch;"
        "from app.engines.weights.sources import *;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000));"
        f" fetch({weights!r}, pathlib.Path({str(tmp_path)!r}), lambda _: None)"
    )
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert child.returncode == 1
    assert "StorageFull: Fetching test needs" in child.stderr


def test_waits_are_short_enough_to_be_cancelled() -> None:
    assert fetching.LOCK_S <= 1
