"""Writes what /lab shows of the experiment: JSON, charts, and a few sentences to listen to."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import soundfile

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.nets import checkpoint
from app.nets.repair import RepairNet
from app.nets.repairer import Repairer
from app.training.experiment import charts
from app.training.experiment.judging import BESIDE, DAMAGED, SentenceScore, judge, means, said, sentences
from app.training.experiment.plan import MOST_Q, PUBLISHED_TERMS, Budget, Row
from app.training.experiment.results import FILE, Experiment, Result, save
from app.training.experiment.training import Net
from app.training.report.charts import contours, curves
from app.training.sound_variants import damaged

NATURAL = "natural"
N_HEARD = 2  # sentences to listen to


def write_report(
    out: Path,
    trained: dict[Row, Net],
    folder: Path,
    corpus: Path,
    repair: Path,
    budget: Budget,
    per_voice: int,
) -> Experiment:
    """Judge the trained rows, and write everything into `out`; `folder` holds their trainings."""
    out.mkdir(parents=True, exist_ok=True)
    voices = max((row.voices for row in trained), key=len)
    single = next(voice for voice in voices if all(voice in row.voices for row in trained))
    taught = sentences(corpus, voices, "test", per_voice)
    mender = checkpoint.load(repair, "repair")
    assert isinstance(mender, RepairNet)
    nets = {row.name: net for row, net in trained.items()}
    scores = judge(taught, nets, Repairer(mender))
    results = {row: _trained(row, folder / row.name, scores, single) for row in trained}
    shown = [lesson for lesson in taught if lesson.voice == single][:N_HEARD]
    found = Experiment(
        budget.steps,
        budget.batch,
        budget.seed,
        single,
        voices,
        MOST_Q,
        rows=tuple(found for row, found in results.items() if row.published_q),
        left_out=tuple(found for row, found in results.items() if not row.published_q),
        beside=tuple(
            _result(name, scores, single) for name in BESIDE if any(s.system == name for s in scores)
        ),
        texts=tuple(lesson.text for lesson in shown),
    )
    rows = {row.name: nets[row.name] for row in found.rows}
    for number, one in enumerate(shown, 1):
        heard = {NATURAL: one.sound, DAMAGED: damaged(one.sound, "test")}
        heard |= {name: said(net, one) for name, net in rows.items()}
        if number == 1:
            for name, image in draw(found, heard, folder).items():
                (out / f"experiment-{name}.png").write_bytes(image)
        for name, samples in heard.items():
            path = out / f"experiment-{number}-{name.replace(' ', '-')}.mp3"
            soundfile.write(path, samples, SPEECH_RATE_HZ, format="MP3")
    save(out / FILE, found)
    return found


def _result(name: str, scores: Sequence[SentenceScore], single: str) -> Result:
    """Average what one system reached."""
    mine = [score for score in scores if score.system == name]
    one = [score for score in mine if score.voice == single]
    return Result(name, means(one), means(mine) if len(mine) > len(one) else None)


def _trained(row: Row, folder: Path, scores: Sequence[SentenceScore], single: str) -> Result:
    parts = [folder, folder / "alone"] if row.repaired else [folder]
    seconds = sum(float(checkpoint.notes(part)["seconds"]) for part in parts)
    published: dict[str, float | None] = {"mse": None, "cos_pitch": None, "cos_loudness": None}
    if row.repaired:
        published = asdict(PUBLISHED_TERMS)
    return replace(
        _result(row.name, scores, single),
        processor_s=seconds,
        published={**published, "q": row.published_q} if row.published_q else None,
    )


def draw(found: Experiment, heard: dict[str, Samples], folder: Path) -> dict[str, bytes]:
    """Return every chart by its name; `heard` is one sentence by its systems."""
    syntheses = {row.name: heard[row.name] for row in found.rows}
    images = {
        "bars": charts.bars(found.rows),
        "shares": charts.shares(next((row for row in found.rows if row.all_voices), found.last)),
        "spectrograms": charts.spectrograms(heard),
        "contours": contours(heard[NATURAL], syntheses, NATURAL),
    }
    loss = curves({row.name: folder / row.name for row in found.rows})
    return {**images, "curves": loss} if loss else images
