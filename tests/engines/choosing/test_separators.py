"""Where the weights that clean speech come from."""

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.config import Config
from app.engines.choosing import separators
from app.engines.compute.device import Device
from app.engines.registry import LocalEngines
from app.engines.weights.catalogue import CATALOGUE
from app.engines.weights.sources import Website, WeightFile, Weights
from app.errors import EngineUnavailable
from tests.tiny_demucs import RATE, save_tiny


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Serve a tiny htdemucs as the catalogue's own."""
    folder = tmp_path / "published"
    folder.mkdir()
    path = save_tiny(folder / "955717e8.th", 0)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/{path.name}"
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        file = WeightFile(f"demucs/{path.name}", digest[:8], path.stat().st_size)
        weights = Weights("demucs-htdemucs", (Website((file,), (url,)),))
        monkeypatch.setitem(CATALOGUE, "demucs-htdemucs", weights)
        yield path
        server.shutdown()
        thread.join()


def engines(tmp_path: Path, **settings: object) -> LocalEngines:
    return LocalEngines(Config(_env_file=None, models_dir=tmp_path / "models", **settings))


def test_missing_weights_are_fetched_with_progress(tmp_path: Path, published: Path) -> None:
    made = engines(tmp_path, disk_reserve_bytes=0)
    seen: list[float] = []
    assert made.separator(seen.append).sample_rate == RATE
    assert (tmp_path / "models/demucs" / published.name).read_bytes() == published.read_bytes()
    assert 1.0 in seen  # then the loading is told, from 0 again, where it takes long
    made.close()


def test_weights_that_are_there_under_any_name_are_not_fetched(tmp_path: Path, published: Path) -> None:
    (tmp_path / "models/demucs").mkdir(parents=True)
    save_tiny(tmp_path / "models/demucs/955717e8.th", 1, checksum=False)
    made = engines(tmp_path, disk_reserve_bytes=0)
    made.separator(lambda _: None)
    assert [path.name for path in (tmp_path / "models/demucs").iterdir()] == ["955717e8.th"]
    made.close()


@pytest.mark.parametrize("limit", [0, 1000])
def test_nothing_is_fetched_above_the_limit(tmp_path: Path, published: Path, limit: int) -> None:
    made = engines(tmp_path, max_fetch_bytes=limit, separator="demucs")
    with pytest.raises(EngineUnavailable, match="flask models fetch demucs-htdemucs"):
        made.separator(lambda _: None)
    assert not (tmp_path / "models").exists()
    made.close()


def test_the_catalogue_has_what_demucs_publishes() -> None:
    import demucs

    listed = (Path(demucs.__file__).parent / "remote/files.txt").read_text()
    for name in ("htdemucs", "htdemucs_ft", "htdemucs_6s"):
        (file,) = CATALOGUE[f"demucs-{name}"].files
        assert Path(file.path).name in listed
        assert file.sha256.startswith(Path(file.path).stem.partition("-")[2])


def test_auto_takes_demucs_and_else_what_came_with_the_program(tmp_path: Path) -> None:
    assert separators.choices(Config(_env_file=None)) == ("demucs", "repair")
    made = engines(tmp_path, max_fetch_bytes=0)
    assert made.separator(lambda _: None).name == "Konspekt repair"
    made.close()


@pytest.mark.parametrize(("device", "setting", "batch"), [("cpu", 0, 1), ("cuda", 0, 8), ("cpu", 3, 3)])
def test_segments_are_batched_on_a_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: str, setting: int, batch: int
) -> None:
    (tmp_path / "demucs").mkdir()
    save_tiny(tmp_path / "demucs/955717e8.th", 0)
    monkeypatch.setattr("torch.nn.Module.to", lambda net, _: net)  # there is no GPU here
    config = Config(_env_file=None, models_dir=tmp_path, demucs_batch=setting)
    made = separators.SEPARATORS["demucs"](config, Device(device))
    assert made._nets.batch == batch  # type: ignore[attr-defined]  # of Demucs
