"""Weights without a known checksum: what the server says is taken, and what is broken is found."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from app.engines.weights.catalogue import CATALOGUE, WeightFile, Weights
from app.engines.weights.fetch import fetch
from app.engines.weights.hub_metadata import as_served, is_whole
from app.errors import EngineUnavailable

BODY = json.dumps({"model_type": "wav2vec2", "filler": "x" * 5000}).encode()
SHA256 = hashlib.sha256(BODY).hexdigest()


class Hub(BaseHTTPRequestHandler):
    """A model hub: large files are elsewhere, and the answer that leads there knows them."""

    tag = SHA256

    def do_HEAD(self) -> None:
        if self.path.startswith("/resolve"):
            self.send_response(302)
            self.send_header("Location", "/storage/x")
            self.send_header("X-Linked-Size", str(len(BODY)))
            self.send_header("X-Linked-ETag", f'"{self.tag}"')
            self.send_header("Content-Length", "17")
        elif self.path.startswith("/storage"):
            self.send_response(200)
            self.send_header("Content-Length", str(len(BODY)))
        else:
            self.send_response(404)
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_hub_says_size_and_checksum_on_the_way_to_its_storage(hub: str) -> None:
    told = as_served(WeightFile("m/config.json", f"{hub}/resolve/main/config.json", "", 1))
    assert (told.size_bytes, told.sha256) == (len(BODY), SHA256)


def test_a_plain_server_says_the_size_alone(hub: str) -> None:
    told = as_served(WeightFile("m/config.json", f"{hub}/storage/config.json", "", 1))
    assert (told.size_bytes, told.sha256) == (len(BODY), "")


def test_what_is_not_there_is_unavailable(hub: str) -> None:
    with pytest.raises(EngineUnavailable, match="does not answer as it should"):
        as_served(WeightFile("m/config.json", f"{hub}/nothing", "", 1))


def test_a_fetch_ends_with_what_the_hub_has(hub: str, tmp_path: Path) -> None:
    file = WeightFile("m/config.json", f"{hub}/resolve/main/config.json", "", 99)
    seen: list[float] = []
    fetch(Weights("m", (file,)), tmp_path, seen.append)
    assert (tmp_path / "m/config.json").read_bytes() == BODY
    assert seen[-1] == 1.0


def test_a_file_with_another_checksum_than_the_hub_says_is_refused(
    hub: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hub, "tag", "0" * 64)
    file = WeightFile("m/config.json", f"{hub}/resolve/main/config.json", "", 99)
    with pytest.raises(EngineUnavailable, match="not the published file"):
        fetch(Weights("m", (file,)), tmp_path, lambda _: None)
    assert not (tmp_path / "m/config.json").exists()


@pytest.mark.parametrize("kind", [".json", ".safetensors", ".bin"])
def test_a_cut_file_is_found_by_its_own_form(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"file{kind}"
    if kind == ".json":
        path.write_bytes(BODY)
    elif kind == ".bin":
        torch.save({"weight": torch.zeros(1000)}, path)
    else:
        save_file({"weight": np.zeros(1000, np.float32)}, path)
    assert is_whole(path, kind)
    whole = path.read_bytes()
    for end in (len(whole) - 1, len(whole) // 2, 4, 0):
        path.write_bytes(whole[:end])
        assert not is_whole(path, kind), end


def test_the_catalogue_knows_what_it_does_not_know() -> None:
    for weights in CATALOGUE.values():
        unknown = [file for file in weights.files if not file.sha256]
        assert not unknown or all(file.url.startswith("https://") for file in unknown)
