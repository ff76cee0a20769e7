"""Several recordings by one command."""

import json
import subprocess
from pathlib import Path

import click
import pytest

from app.cli.several import Target, targets
from app.documents.downloads import formats
from tests.cli.terminal import run


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, ...]:
    made = (tmp_path / "a.mp4", tmp_path / "a.wav", tmp_path / "b.mp3")
    for path in made:
        path.write_bytes(b"sound")
    return made


def test_several_files_and_formats_go_into_a_folder_under_the_names_of_their_recordings(
    tmp_path: Path, files: tuple[Path, ...]
) -> None:
    out = tmp_path / "new" / "folder"
    found = targets(files, Path(f"{out}/"), ("srt", "txt", "srt"), "transcript", False)
    assert [target.path.name for places in found.values() for target in places if target.path] == [
        *("a.mp4.srt", "a.mp4.txt", "a.wav.srt", "a.wav.txt"),
        *("b.srt", "b.txt"),
    ]
    assert out.is_dir()
    every = targets(files[2:], out, ("all",), "minutes", False)[files[2]]
    assert [target.kind for target in every] == [*formats("minutes")]
    (out / "b.srt").write_text("mine")
    with pytest.raises(click.ClickException, match="already there; --force"):
        targets(files, out, ("srt",), "transcript", False)
    assert targets(files, out, ("srt",), "transcript", True)


def test_one_file_is_written_as_before(tmp_path: Path, files: tuple[Path, ...]) -> None:
    one = files[:1]
    assert targets(one, None, (), "transcript", False) == {one[0]: (Target(None, "txt"),)}
    named = tmp_path / "out.vtt"
    assert targets(one, named, (), "transcript", False) == {one[0]: (Target(named, "vtt"),)}


@pytest.mark.parametrize(
    ("n", "out", "kinds", "said"),
    [
        (2, None, (), "need a folder"),
        (1, None, ("srt", "vtt"), "need a folder"),
        (2, "-", (), "need a folder"),
        (2, "b.mp3", (), "need a folder"),
        (1, None, ("pdf",), "is not text and needs a file"),
    ],
)
def test_what_could_not_be_written_is_said_before_the_work(
    tmp_path: Path, files: tuple[Path, ...], n: int, out: str | None, kinds: tuple[str, ...], said: str
) -> None:
    target = None if out is None else Path("-") if out == "-" else tmp_path / out
    with pytest.raises(click.UsageError, match=said):
        targets(files[:n], target, kinds, "transcript", False)


def test_one_that_fails_keeps_no_other_from_its_text(tmp_path: Path) -> None:
    speech, notes = tmp_path / "speech.wav", tmp_path / "notes.mp3"
    words = "The budget is ready."
    subprocess.run(["flite", "-voice", "rms", "-t", words, "-o", str(speech)], check=True, timeout=60)
    notes.write_text("Dear colleagues,")
    out = tmp_path / "out"
    done = run(tmp_path, "transcribe", notes, speech, "-o", f"{out}/", "--format", "srt", "--json", "-q")
    assert done.exit_code == 3, done.stderr
    failed, told = (json.loads(line) for line in done.stdout.splitlines())
    assert "This is not audio or video." in failed["error"]
    assert told["written"] == [str(out / "speech.srt")]
    assert "budget" in told["text"].lower()
    assert "-->" in (out / "speech.srt").read_text("utf-8")
    assert done.stderr == f"Error: {notes}: {failed['error']}\n"


def test_a_model_that_is_not_there_is_said_in_a_sentence(tmp_path: Path, files: tuple[Path, ...]) -> None:
    done = run(tmp_path, "transcribe", files[2], "--model", "huge", transcriber="whisper")
    assert done.exit_code == 1
    assert "Traceback" not in done.stderr
