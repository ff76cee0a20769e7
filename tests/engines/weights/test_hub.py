"""A hub's files: by address and commit, with the checksum that the hub tells where we know none."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from app.engines.weights import hub
from app.engines.weights.checksum import is_published
from app.engines.weights.fetch import Silent, fetch
from app.engines.weights.sources import Hub, WeightFile, Weights
from app.engines.weights.transfer import NoAnswerError, SourceError
from app.errors import EngineUnavailable
from tests.serving import serving

BODY = json.dumps({"model_type": "wav2vec2", "filler": "x" * 5000}).encode()
SHA256 = hashlib.sha256(BODY).hexdigest()
BLOB = hashlib.sha1(b"blob %d\0" % len(BODY) + BODY).hexdigest()
FILE = WeightFile("m/config.json", "", 99, exact=False)
SOURCE = Hub((FILE,), "owner/name", "c0ffee")


class Site(BaseHTTPRequestHandler):
    """A hub: the answer that leads to the storage of a large file knows it; small ones come at once."""

    site: dict[str, str]

    def do_HEAD(self) -> None:
        self.site.setdefault("asked", self.path)
        self.site["asked by"] = self.headers.get("Authorization", "")
        if "storage" in self.site:
            self.send_response(302)
            self.send_header("Location", "https://storage.invalid/x")
            self.send_header("X-Linked-Size", str(len(BODY)))
            self.send_header("X-Linked-ETag", f'"{self.site["tag"]}"')
            self.send_header("Content-Length", "17")
        elif self.path.endswith("config.json"):
            self.send_response(200)
            self.send_header("ETag", f'"{self.site["tag"]}"')
            self.send_header("Content-Length", str(len(BODY)))
        else:
            self.send_response(404)
        self.end_headers()

    def do_GET(self) -> None:
        self.site["token"] = self.headers.get("Authorization", "")
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    said = {"tag": BLOB}
    with serving(Site, said) as port:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield said


def test_a_file_is_fetched_from_the_commit_with_what_the_hub_tells_of_it(
    site: dict[str, str], tmp_path: Path
) -> None:
    seen: list[float] = []
    fetch(Weights("m", (SOURCE,)), tmp_path, seen.append)
    assert (tmp_path / "m/config.json").read_bytes() == BODY
    assert seen[-1] == 1.0
    assert site["asked"] == "/owner/name/resolve/c0ffee/config.json"


@pytest.mark.parametrize("tag", [SHA256, BLOB])
def test_size_and_checksum_are_told_on_the_way_to_the_storage(site: dict[str, str], tag: str) -> None:
    site |= {"tag": tag, "storage": "yes"}
    told = hub.as_served(FILE, hub.address(SOURCE, FILE), {})
    assert (told.size_bytes, told.sha256, told.exact) == (len(BODY), tag, True)


def test_a_checksum_of_ours_goes_before_the_hubs(site: dict[str, str]) -> None:
    ours = replace(FILE, sha256=SHA256)
    assert hub.as_served(ours, hub.address(SOURCE, ours), {}).sha256 == SHA256


def test_a_tag_that_is_no_checksum_is_none(site: dict[str, str]) -> None:
    site["tag"] = "W/some"
    assert hub.as_served(FILE, hub.address(SOURCE, FILE), {}).sha256 == ""


def test_what_is_not_there_and_who_is_not_reached_are_told_apart(site: dict[str, str]) -> None:
    with pytest.raises(SourceError, match="answers 404"):
        hub.as_served(FILE, hub.address(SOURCE, replace(FILE, path="m/other")), {})
    with pytest.raises(NoAnswerError):
        hub.as_served(FILE, "http://127.0.0.1:9/x", {})


@pytest.mark.parametrize("tag", ["0" * 64, "0" * 40])
def test_a_file_with_another_checksum_than_the_hub_says_is_refused(
    site: dict[str, str], tmp_path: Path, tag: str
) -> None:
    site["tag"] = tag
    with pytest.raises(EngineUnavailable, match="not the published file"):
        fetch(Weights("m", (SOURCE,)), tmp_path, lambda _: None)
    assert not (tmp_path / "m/config.json").exists()


def test_the_token_of_the_machine_is_sent(
    site: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch(Weights("m", (SOURCE,)), tmp_path, lambda _: None)
    assert site["token"] == site["asked by"] == "Bearer hf_secret"


def test_the_token_is_not_for_a_mirror(
    site: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    mirror = os.environ["HF_ENDPOINT"]
    fetch(Weights("m", (SOURCE,)), tmp_path, lambda _: None, mirror_place=mirror)
    assert site["asked"] == "/m/config.json"
    assert site["token"] == site["asked by"] == ""


def test_a_machine_that_is_told_to_stay_offline_does_not_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EngineUnavailable, match="HF_HUB_OFFLINE is set"):
        fetch(Weights("m", (SOURCE,)), tmp_path, lambda _: None, silent=Silent())


def test_a_blob_is_known_by_its_sha1(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(BODY)
    assert is_published(tmp_path / "file", WeightFile("file", BLOB, len(BODY)))
    assert not is_published(tmp_path / "file", WeightFile("file", "0" * 40, len(BODY)))
