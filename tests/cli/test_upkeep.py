"""`flask models` and `flask janitor`: real commands in a process of their own."""

from pathlib import Path

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
    assert rows["whisper-tiny"] == ["76", "MB", "here"]
    assert rows["whisper-base"] == ["145", "MB"]
    assert flask(tmp_path, "models", "fetch", "whisper-tiny").stdout == "whisper-tiny is here already.\n"


def test_an_unknown_model_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    done = flask(tmp_path, "models", "fetch", "whisper-giant")
    assert done.returncode == 1
    assert "whisper-base" in done.stderr
    assert "Traceback" not in done.stderr
