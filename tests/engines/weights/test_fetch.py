import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from app.engines.weights import fetch as fetching
from app.engines.weights.catalogue import CATALOGUE, WeightFile, Weights, find, whisper
from app.engines.weights.fetch import fetch
from app.errors import EngineUnavailable, JobCancelled, NotFound, StorageFull

BODY = bytes(range(256)) * 8192  # 2 MiB: several chunks


class Answer(NamedTuple):
    """How the server answers one request. length: what it says; sends: what it sends of it."""

    body: bytes = BODY
    length: int | None = None
    sends: int | None = None
    status: int | None = None
    ranges: bool = True


class Server(ThreadingHTTPServer):
    answers: list[Answer]
    asked: list[str | None]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.asked.append(wanted)
        answer = self.server.answers.pop(0)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and answer.ranges else 0
        body = answer.body[start:]
        self.send_response(answer.status or (206 if start else 200))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(answer.body) - 1}/{len(answer.body)}")
        self.send_header("Content-Length", str(len(body) if answer.length is None else answer.length))
        self.end_headers()
        self.wfile.write(body[: answer.sends])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    server.answers, server.asked = [], []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def served(server: Server, *answers: Answer) -> Weights:
    server.answers.extend(answers)
    url = f"http://127.0.0.1:{server.server_address[1]}/base.pt"
    return Weights("test", (WeightFile("whisper/base.pt", url, hashlib.sha256(BODY).hexdigest(), len(BODY)),))


def quiet(_: float) -> None:
    pass


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


def test_weights_arrive_whole_with_progress(server: Server, tmp_path: Path) -> None:
    done: list[float] = []
    fetch(served(server, Answer()), tmp_path, done.append)
    assert (tmp_path / "whisper/base.pt").read_bytes() == BODY
    assert left(tmp_path) == {"base.pt"}
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert len(done) > 4


def test_what_is_there_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    weights = served(server, Answer())
    assert not weights.present(tmp_path)
    fetch(weights, tmp_path, quiet)
    assert weights.present(tmp_path)
    fetch(weights, tmp_path, quiet)
    assert len(server.asked) == 1


def test_a_cut_connection_goes_on_where_it_broke_off(server: Server, tmp_path: Path) -> None:
    fetch(served(server, Answer(sends=1_000_000), Answer(sends=700_000), Answer()), tmp_path, quiet)
    assert (tmp_path / "whisper/base.pt").read_bytes() == BODY
    starts = [int(asked.removeprefix("bytes=").rstrip("-")) for asked in server.asked if asked]
    assert starts[0] == pytest.approx(1_000_000, abs=fetching.CHUNK_BYTES)
    assert starts[1] == pytest.approx(starts[0] + 700_000, abs=fetching.CHUNK_BYTES)


def test_a_server_without_ranges_sends_it_all_again(server: Server, tmp_path: Path) -> None:
    fetch(served(server, Answer(sends=1_000_000), Answer(ranges=False)), tmp_path, quiet)
    assert (tmp_path / "whisper/base.pt").read_bytes() == BODY


@pytest.mark.parametrize("length", [1_000_000, len(BODY) + 5000])
def test_a_server_that_lies_about_the_length_is_seen_through(
    server: Server, tmp_path: Path, length: int
) -> None:
    fetch(served(server, Answer(length=length, sends=min(length, len(BODY))), Answer()), tmp_path, quiet)
    assert (tmp_path / "whisper/base.pt").read_bytes() == BODY


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


@pytest.mark.parametrize("answer", [Answer(status=404), Answer(status=503), Answer(length=100, sends=0)])
def test_a_server_that_sends_nothing_is_not_asked_for_ever(
    server: Server, tmp_path: Path, answer: Answer
) -> None:
    with pytest.raises(EngineUnavailable, match=r"whisper/base\.pt"):
        fetch(served(server, answer), tmp_path, quiet)
    assert len(server.asked) == 1


def test_a_machine_without_network_is_told_what_to_do(tmp_path: Path) -> None:
    file = WeightFile("whisper/base.pt", "http://127.0.0.1:9/base.pt", "00", 100)
    with pytest.raises(EngineUnavailable, match="Check the network"):
        fetch(Weights("test", (file,)), tmp_path, quiet)


def test_a_cancelled_fetch_keeps_what_has_come(server: Server, tmp_path: Path) -> None:
    def cancel(done: float) -> None:
        if done > 0.4:
            raise JobCancelled

    weights = served(server, Answer(), Answer())
    with pytest.raises(JobCancelled):
        fetch(weights, tmp_path, cancel)
    fetch(weights, tmp_path, quiet)
    assert (tmp_path / "whisper/base.pt").read_bytes() == BODY
    assert server.asked[1] is not None


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


def test_the_catalogue_is_openais_own_list() -> None:
    import whisper as openai

    sizes = {
        name.removeprefix("whisper-"): weights for name, weights in CATALOGUE.items() if "whisper" in name
    }
    urls = {name: weights.files[0].url for name, weights in sizes.items()}
    assert urls == {name: url for name, url in openai._MODELS.items() if name not in ("large", "turbo")}
    assert all(weights.files[0].sha256 in weights.files[0].url for weights in sizes.values())


def test_names_and_aliases_find_weights_and_others_name_those_there_are() -> None:
    assert whisper("turbo") is find("whisper-turbo") is find("whisper-large-v3-turbo")
    assert whisper("base").command == "flask models fetch whisper-base"
    with pytest.raises(NotFound, match="whisper-base"):
        find("whisper-huge")


def test_waits_are_short_enough_to_be_cancelled() -> None:
    assert fetching.CONNECT_S <= 5
    assert fetching.LOCK_S <= 1
