"""flask lab, whose scripts are processes of their own."""

import subprocess
from pathlib import Path

import pytest

from app.audio import espeak
from app.training.corpus.folders import load_corpus
from app.training.corpus.labels import accept, read_labels
from tests.cli.terminal import run

pytestmark = pytest.mark.slow

needs_espeak = pytest.mark.skipif(not espeak.available(), reason="espeak-ng is not installed")


@needs_espeak
def test_lab_corpus_speaks_a_corpus(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    done = run(tmp_path, "lab", "corpus", tmp_path / "speech", "--voices", "en-f5", "--per-voice", "2")
    assert done.exit_code == 0, done.output
    assert "2 utterances" in capfd.readouterr().out
    assert len(load_corpus(tmp_path / "speech")) == 2


def test_lab_label_writes_what_is_said_as_ljspeech_does(tmp_path: Path) -> None:
    (tmp_path / "own/wavs").mkdir(parents=True)
    wav = tmp_path / "own/wavs/one.wav"
    subprocess.run(
        ["flite", "-voice", "rms", "-t", "The budget is ready for the meeting.", "-o", wav],
        check=True,
        timeout=60,
    )
    done = run(tmp_path, "lab", "label", tmp_path / "own")
    assert done.exit_code == 0, done.output
    (utterance,) = load_corpus(tmp_path / "own")
    assert "budget" in utterance.text.lower()
    assert utterance.path == "wavs/one.wav"
    accept(tmp_path / "own", "one", "The budget, corrected.")
    assert run(tmp_path, "lab", "label", tmp_path / "own").exit_code == 0  # what is labelled stays
    assert read_labels(tmp_path / "own")[0].text == "The budget, corrected."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ship", "synthesis", "nothing", "out"), "cannot be used"),
        (("label", "nothing"), "does not exist"),
    ],
)
def test_a_script_that_fails_says_why_in_a_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    done = run(tmp_path, "lab", *words)
    assert done.exit_code != 0
    told = capfd.readouterr().err + done.stderr
    assert said in told
    assert "Traceback" not in told
