"""Which embedder is taken, by the settings and by what lies in the folder of models."""

import json
from pathlib import Path

import pytest

from app.config import Config
from app.engines.choosing import embedders
from app.engines.logmel import LogMel
from app.engines.registry import LocalEngines
from app.errors import EngineUnavailable

NAME = "wav2vec2-large-xlsr-53-russian"


def config(tmp_path: Path, **settings: object) -> Config:
    return Config(_env_file=None, models_dir=tmp_path, **{"max_fetch_bytes": 0, **settings})  # type: ignore[arg-type]


def folder(path: Path, kind: str = "wav2vec2", weights: str = "model.safetensors") -> Path:
    path.mkdir(parents=True)
    (path / "config.json").write_text(json.dumps({"model_type": kind}))
    (path / weights).touch()
    return path


def quiet(_: float) -> None:
    pass


def test_without_weights_auto_takes_statistics_and_says_so(tmp_path: Path) -> None:
    engines = LocalEngines(config(tmp_path))
    embedder = engines.embedder(quiet)
    engines.close()
    assert isinstance(embedder, LogMel)
    assert embedder.name == "log-mel statistics"


@pytest.mark.parametrize("place", [NAME, f"jonatasgrosman/{NAME}"])
def test_auto_takes_the_named_model_with_or_without_its_owner(tmp_path: Path, place: str) -> None:
    folder(tmp_path / "another-hubert", "hubert")
    named = folder(tmp_path / place, weights="pytorch_model.bin")
    assert embedders.find(config(tmp_path)) == named
    assert embedders.choose(config(tmp_path)) == "wav2vec2"


def test_any_model_of_the_class_is_taken_where_the_named_one_is_not(tmp_path: Path) -> None:
    folder(tmp_path / "a-llama", "llama")
    (tmp_path / "half").mkdir()
    (tmp_path / "half/config.json").write_text('{"model_type": "wav2vec2"}')
    assert embedders.choose(config(tmp_path)) == "logmel"
    wavlm = folder(tmp_path / "wavlm", "wavlm")
    assert embedders.find(config(tmp_path)) == wavlm


def test_auto_fetches_what_the_limit_allows_and_no_more(tmp_path: Path) -> None:
    assert embedders.choose(config(tmp_path, max_fetch_bytes=600 * 10**6)) == "logmel"
    assert embedders.choose(config(tmp_path, max_fetch_bytes=2 * 10**9)) == "wav2vec2"


def test_wav2vec2_that_is_asked_for_and_missing_names_its_command(tmp_path: Path) -> None:
    engines = LocalEngines(config(tmp_path, embedder="wav2vec2"))
    with pytest.raises(EngineUnavailable, match="flask models fetch wav2vec2-xlsr-53-russian"):
        engines.embedder(quiet)
    engines.close()
