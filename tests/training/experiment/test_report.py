"""The experiment from a corpus to what /lab shows, on full nets and a budget of three steps."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
import soundfile

from app.audio.espeak import Phone
from app.nets import checkpoint
from app.nets.repair import RepairNet
from app.nets.resynthesis import ResynthesisNet
from app.training.corpus.utterance import Utterance
from app.training.experiment.judging import APART, BY_VOCODER, DAMAGED, REPAIR, VOCODER
from app.training.experiment.plan import MULTI, Budget, Row
from app.training.experiment.report import write_report
from app.training.experiment.results import FILE, Experiment, load
from app.training.experiment.training import Net, train_row
from tests.training.conftest import speak_like
from tests.training.experiment.test_joint import TINY_REPAIR

VOICES = ("en-f2", "ru-f2")  # of espeak-ng: their phones are taken as they stand
PHONES = (Phone("", 0, 0.1), Phone("a", 0.1, 0.5), Phone("t", 0.5, 0.8), Phone("", 0.8, 1.0))
ROWS = (
    Row("base", VOICES[:1], plain=True, cleaned=False, augmented=False, published_q=0.065),
    Row(MULTI, VOICES, published_q=0.0265),
    Row("multi-speaker with repair", VOICES, repaired=True, published_q=0.017),
)
BUDGET = Budget(steps=3, batch=2)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("experiment")
    said = []
    for number, (voice, split) in enumerate(
        (v, s) for v in VOICES for s in ("train", "train", "valid", "test")
    ):
        path = f"{number}.wav"
        soundfile.write(folder / path, speak_like(number, 1.0), 16_000)
        said.append(Utterance(path, voice, voice, voice[:2], "At.", "train", split, 1.0, "", PHONES))
    lines = "".join(json.dumps(asdict(utterance)) + "\n" for utterance in said)
    (folder / "manifest.jsonl").write_text(lines, encoding="utf-8")
    checkpoint.save(folder / "repair", "repair", RepairNet(TINY_REPAIR), {})
    return folder


@pytest.fixture(scope="module")
def trained(corpus: Path) -> dict[Row, Net]:
    return {row: train_row(row, corpus, corpus / row.name, corpus / "repair", BUDGET) for row in ROWS}


@pytest.fixture(scope="module")
def written(corpus: Path, trained: dict[Row, Net]) -> Path:
    write_report(corpus / "out", trained, corpus, corpus, corpus / "repair", BUDGET, per_voice=1)
    return corpus / "out"


@pytest.fixture(scope="module")
def found(written: Path) -> Experiment:
    return load(written / FILE)


def test_every_row_gets_the_same_number_of_steps(corpus: Path, trained: dict[Row, Net]) -> None:
    steps = {row.name: int(checkpoint.notes(corpus / row.name)["steps"]) for row in ROWS}
    assert steps == {"base": 3, MULTI: 3, "multi-speaker with repair": 1}
    assert checkpoint.notes(corpus / "multi-speaker with repair/alone")["steps"] == 2
    assert isinstance(trained[ROWS[2]], ResynthesisNet)


def test_the_rows_are_compared_on_the_voice_that_all_of_them_know(found: Experiment) -> None:
    assert [row.name for row in found.rows] == [row.name for row in ROWS]
    assert found.single == "en-f2"
    assert [row.single.n for row in found.rows] == [1, 1, 1]
    assert [row.all_voices.n if row.all_voices else None for row in found.rows] == [None, 2, 2]
    assert all(row.processor_s >= 0 and row.single.q > 0 for row in found.rows)
    assert found.last.published == {"mse": 0.002, "cos_pitch": 0.98, "cos_loudness": 0.95, "q": 0.017}
    assert {one.name for one in found.beside} == {VOCODER, DAMAGED, REPAIR, APART, BY_VOCODER}


def test_the_phase_of_the_recording_is_worth_what_the_vocoder_loses(found: Experiment) -> None:
    beside = {one.name: one.single for one in found.beside}
    assert found.last.single.mse < beside[BY_VOCODER].mse


def test_one_row_alone_is_reported_too(corpus: Path, trained: dict[Row, Net]) -> None:
    base = {ROWS[0]: trained[ROWS[0]]}
    write_report(corpus / "alone", base, corpus, corpus, corpus / "repair", BUDGET, per_voice=1)
    assert [row.name for row in load(corpus / "alone" / FILE).rows] == ["base"]
    assert (corpus / "alone/experiment-shares.png").exists()


def test_charts_and_sounds_are_written(written: Path) -> None:
    drawn = {path.name for path in written.glob("experiment-*.png")}
    assert {f"experiment-{name}.png" for name in ("bars", "shares", "spectrograms", "contours")} <= drawn
    for name in ("natural", "damaged", "base", "multi-speaker", "multi-speaker-with-repair"):
        assert soundfile.info(written / f"experiment-1-{name}.mp3").duration == pytest.approx(0.8, abs=0.2)
