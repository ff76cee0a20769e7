from pathlib import Path

import pytest

from app.config import Config
from app.engines.registry import LocalEngines
from app.engines.weights.catalogue import CATALOGUE
from app.engines.weights.diarization import CAMPPLUS, SEGMENTATION
from app.engines.weights.fetch import SILENT
from app.errors import EngineUnavailable
from tests.engines.tiny_diarizer import save_diarizer


def engines(models: Path, **settings: object) -> LocalEngines:
    return LocalEngines(Config(_env_file=None, models_dir=models, disk_reserve_bytes=0, **settings))


def test_weights_that_are_here_are_loaded_once(tmp_path: Path) -> None:
    save_diarizer(tmp_path)
    made = engines(tmp_path, max_fetch_bytes=0)
    diarizer = made.diarizer(lambda _: None)
    assert diarizer.name == "pyannote segmentation-3.0, CAM++"
    assert made.diarizer(lambda _: None) is diarizer
    made.close()


def test_without_weights_the_command_is_named_that_gets_them(tmp_path: Path) -> None:
    made = engines(tmp_path, max_fetch_bytes=0)
    with pytest.raises(EngineUnavailable, match="flask models fetch diarization"):
        made.diarizer(lambda _: None)
    made.close()


def test_weights_are_fetched_and_what_is_not_the_published_file_is_refused(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    save_diarizer(mirror)
    weights = CATALOGUE["diarization"]
    assert {file.path for file in weights.files} == {SEGMENTATION, CAMPPLUS}
    assert all(len(file.sha256) == 64 for file in weights.files)
    made = engines(tmp_path / "models", weights_mirror=str(mirror))
    source = weights.sources[0]
    SILENT.add(source.server)  # nothing is asked outside of this machine
    with pytest.raises(EngineUnavailable, match="is not the published file"):
        made.diarizer(lambda _: None)
    SILENT._since.pop(source.server)
    assert not weights.present(tmp_path / "models")
    made.close()
