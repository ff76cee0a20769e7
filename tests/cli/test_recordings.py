"""The work from a terminal: real commands, some in a process of their own."""

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import docx
import numpy as np
import pytest
import soundfile

from tests.cli.terminal import TOP, command, environment, flask, run
from tests.tiny_demucs import save_tiny

pytestmark = pytest.mark.slow

TEXT = "The budget is ready. We will meet again on Monday."


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("speech") / "встреча.wav"
    subprocess.run(["flite", "-voice", "rms", "-t", TEXT, "-o", str(path)], check=True, timeout=60)
    return path


def test_flask_finds_the_program_by_itself(tmp_path: Path) -> None:
    done = flask(tmp_path, "--help")
    assert done.returncode == 0
    for name in ("transcribe", "minutes", "ask", "clean", "models", "janitor"):
        assert f"  {name}" in done.stdout


def test_transcribe_writes_what_is_said_to_stdout_alone(tmp_path: Path, speech: Path) -> None:
    done = flask(tmp_path, "transcribe", speech)
    assert done.returncode == 0, done.stderr
    assert "budget" in done.stdout.lower()
    assert "Transcript" in done.stderr  # the progress


@pytest.mark.parametrize(("option", "kind"), [(["--format", "json"], "json"), ([], "srt")])
def test_transcribe_writes_a_file_in_the_form_that_is_asked(
    tmp_path: Path, speech: Path, option: list[str], kind: str
) -> None:
    out = tmp_path / f"out.{kind}"
    done = run(tmp_path, "transcribe", speech, *option, "-o", out)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == ""
    written = out.read_text(encoding="utf-8")
    assert "budget" in written.lower()
    if kind == "json":
        json.loads(written)
    else:
        assert "-->" in written


def test_a_recording_comes_by_standard_input_and_its_document_by_standard_output(
    tmp_path: Path, speech: Path
) -> None:
    words = ("minutes", "-", "--format", "docx", "-o", "-", "--quiet")
    done = run(tmp_path, *words, stdin=speech.read_bytes())
    assert done.exit_code == 0, done.stderr
    (tmp_path / "minutes.docx").write_bytes(done.stdout_bytes)
    assert docx.Document(str(tmp_path / "minutes.docx")).paragraphs
    assert not (tmp_path / "-").exists()
    (tmp_path / "out").mkdir()
    done = run(tmp_path, "transcribe", "-", "-o", tmp_path / "out", stdin=speech.read_bytes())
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["stdin.txt"]
    done = run(tmp_path, "transcribe", "-", stdin=b"Dear colleagues,")
    assert done.exit_code == 1
    assert "not audio or video" in done.stderr
    assert run(tmp_path, "transcribe", "-", "-", "-o", tmp_path / "out").exit_code == 2


def test_a_recording_comes_by_a_named_pipe_and_its_document_goes_into_a_new_folder(
    tmp_path: Path, speech: Path
) -> None:
    pipe = tmp_path / "meeting"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=[speech.read_bytes()])
    writer.start()
    done = run(tmp_path, "transcribe", pipe, "-o", f"{tmp_path}/new/", "--format", "json", "--quiet")
    writer.join()
    assert done.exit_code == 0, done.stderr
    assert json.loads((tmp_path / "new/meeting.json").read_bytes())["segments"]
    done = run(tmp_path, "transcribe", speech, "-o", f"{speech}/new/")
    assert (done.exit_code, done.stderr) == (1, f"Error: {speech}/new/ cannot be made: Not a directory.\n")


def test_minutes_are_a_word_document_in_the_form_that_is_asked(tmp_path: Path, speech: Path) -> None:
    out = tmp_path / "minutes.docx"
    done = run(tmp_path, "minutes", speech, "-o", out, "--form", "summary")
    assert done.exit_code == 0, done.stderr
    written = [paragraph.text for paragraph in docx.Document(str(out)).paragraphs]
    assert written[0] == "Summary of the meeting"
    assert "Topics in detail" not in written
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_minutes_are_given_by_section_and_in_the_form_of_another_language(
    tmp_path: Path, speech: Path
) -> None:
    words = ("minutes", speech, "--section", "summary", "--in", "ru", "--format", "md", "-o", "-", "--quiet")
    done = run(tmp_path, *words)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("# Протокол")
    assert "Подробно по темам" not in done.stdout


@pytest.mark.parametrize("kind", ["mp3"])
def test_clean_writes_the_sound_and_says_what_it_did(tmp_path: Path, speech: Path, kind: str) -> None:
    (tmp_path / "models/demucs").mkdir(parents=True)
    save_tiny(tmp_path / "models/demucs/955717e8.th", 0)
    out = tmp_path / f"out.{kind}"
    done = run(tmp_path, "clean", speech, "-o", out)
    assert done.exit_code == 0, done.stderr
    assert soundfile.info(out).duration == pytest.approx(soundfile.info(speech).duration, abs=0.1)
    assert soundfile.info(out).format == kind.upper()
    assert "Noise -" in done.stderr
    assert "Demucs htdemucs" in done.stderr


def test_repair_writes_the_sound_by_the_net_that_ships_with_the_program(tmp_path: Path, speech: Path) -> None:
    out = tmp_path / "out.flac"
    done = run(tmp_path, "repair", speech, "-o", out, models_dir=TOP / "models")
    assert done.exit_code == 0, done.stderr
    assert soundfile.info(out).duration == pytest.approx(soundfile.info(speech).duration, abs=0.1)
    assert "Konspekt repair" in done.stderr


def test_clean_without_weights_names_the_command_that_gets_them(tmp_path: Path, speech: Path) -> None:
    done = run(tmp_path, "clean", speech, "-o", tmp_path / "out.flac", separator="demucs")
    assert done.exit_code == 1
    assert "flask models fetch demucs-htdemucs" in done.stderr
    assert not (tmp_path / "out.flac").exists()


def test_what_cannot_be_heard_is_said_in_one_sentence(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp3"
    text.write_text("Dear colleagues,")
    done = run(tmp_path, "transcribe", text)
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith("Error: This is not audio or video.")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("transcribe", "missing.wav"),
        ("minutes", "{speech}", "--format", "docx"),
        ("transcribe",),
        ("transcribe", "{speech}", "--terms", "Konspekt" * 63),
    ],
)
def test_a_wrong_call_ends_with_status_2(tmp_path: Path, speech: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, *(word.format(speech=speech) for word in words))
    assert done.exit_code == 2
    assert "Error: " in done.stderr


@pytest.mark.parametrize(("by", "status"), [(signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_command_that_is_told_to_end_does_so_at_once_and_leaves_nothing(
    tmp_path: Path, speech: Path, by: signal.Signals, status: int
) -> None:
    (tmp_path / "temporary").mkdir()
    sound, rate = soundfile.read(speech)
    soundfile.write(tmp_path / "long.wav", np.tile(sound, 100), rate)
    process = subprocess.Popen(
        command("transcribe", tmp_path / "long.wav"),
        cwd=TOP,
        env={**environment(tmp_path), "TMPDIR": str(tmp_path / "temporary")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(0.1)
    while process.poll() is None and not list((tmp_path / "temporary").iterdir()):
        time.sleep(0.02)
    os.killpg(process.pid, by)  # as a terminal does: to its children too
    _, said = process.communicate(timeout=60)  # to hear it takes longer
    assert process.returncode == status, said
    assert "Traceback" not in said
    assert list((tmp_path / "temporary").iterdir()) == []


def test_what_is_there_stays_there(tmp_path: Path, speech: Path) -> None:
    there = tmp_path / "minutes.srt"
    there.write_text("mine")
    done = run(tmp_path, "transcribe", speech, "-o", there)
    assert done.exit_code == 1
    assert "already there; --force replaces it" in done.stderr
    assert "extract" not in done.stderr  # said before the work
    assert there.read_text() == "mine"
    copy = tmp_path / "copy.flac"
    copy.write_bytes(b"fLaC")
    done = run(tmp_path, "clean", copy, "-o", copy, "--force")
    assert done.exit_code == 1
    assert "is the recording itself" in done.stderr
    assert copy.read_bytes() == b"fLaC"
