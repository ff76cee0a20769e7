import hashlib
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from app.engines.weights import origin
from app.engines.weights.fetch import fetch
from app.engines.weights.sources import Website, WeightFile, Weights
from tests.serving import serving

BODY = bytes(range(256)) * 100


def quiet(_: float) -> None:
    pass


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Another machine's models folder."""
    path = tmp_path / "copy/whisper/base model.pt"
    path.parent.mkdir(parents=True)
    path.write_bytes(BODY)
    return tmp_path / "copy"


@pytest.fixture
def weights() -> Weights:
    file = WeightFile("whisper/base model.pt", hashlib.sha256(BODY).hexdigest(), len(BODY))
    return Weights("test", (Website((file,), ("http://127.0.0.1:9/base.pt",)),))


@pytest.fixture
def address(copy: Path) -> Iterator[str]:
    class Site(SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(copy))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    with serving(Site, None) as port:
        yield f"http://127.0.0.1:{port}/"


def test_a_mirror_folder_is_asked_first(copy: Path, weights: Weights, tmp_path: Path) -> None:
    fetch(weights, tmp_path / "models", quiet, mirror_place=str(copy))
    assert (tmp_path / "models/whisper/base model.pt").read_bytes() == BODY
    assert origin.read(weights, tmp_path / "models") == str(copy)


def test_a_mirror_address_is_asked_first(address: str, weights: Weights, tmp_path: Path) -> None:
    fetch(weights, tmp_path / "models", quiet, mirror_place=address)
    assert (tmp_path / "models/whisper/base model.pt").read_bytes() == BODY
    assert (origin.read(weights, tmp_path / "models") or "") in address


def test_what_a_mirror_lacks_or_has_otherwise_comes_from_elsewhere(
    copy: Path, weights: Weights, address: str, tmp_path: Path
) -> None:
    elsewhere = Website(weights.files, (f"{address}/whisper/good.pt",))
    (copy / "whisper/base model.pt").rename(copy / "whisper/good.pt")
    both = Weights("test", (elsewhere,))
    fetch(both, tmp_path / "lacks", quiet, mirror_place=str(copy))
    (copy / "whisper/base model.pt").write_bytes(b"x" * len(BODY))
    fetch(both, tmp_path / "other", quiet, mirror_place=str(copy))
    for models in ("lacks", "other"):
        assert (tmp_path / models / "whisper/base model.pt").read_bytes() == BODY
        assert (origin.read(both, tmp_path / models) or "") in address
