"""The report of repair: tables as CSV and Markdown, charts as PNG, and the HTML page of the whole lab."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

from app.nets import checkpoint
from app.nets.repair import RepairNet
from app.training.report import charts, repair_charts
from app.training.report.page import page
from app.training.scores import testset
from app.training.scores.acceptance import criteria_table, repair_criteria
from app.training.scores.repair_scores import (
    DAMAGED,
    FINAL,
    RepairScore,
    Summary,
    System,
    judge_all,
    real_time_factor,
    summarize,
    systems,
)
from app.training.scores.testset import Case

_COLUMNS = {
    "SI-SDR, dB": ("si_sdr", "gain_si_sdr", 2),
    "PESQ": ("pesq", "gain_pesq", 3),
    "STOI": ("stoi", "gain_stoi", 3),
    "Q": ("q", "gain_q", 4),
}
_DEFINITION = """\
Q = 0.5 · MSE + 0.3 · (1 - cos_pitch) + 0.2 · (1 - cos_loudness). MSE: waveforms over the clean peak,
after the optimal gain. cos_pitch: F0 every 10 ms, 0 where unvoiced. cos_loudness: linear RMS, 40 ms every
10 ms. The published rows (.065, .0375, .0265, .017) are of other recordings: their size can be compared, not
their rank. The test mix was not tuned to match them."""


def write_report(out: Path, model: Path, net: RepairNet, cases: Sequence[Case]) -> None:
    """Judge the net and write everything into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    rows = systems(net)
    scores = judge_all(cases, rows)
    summaries = summarize(scores)
    criteria = repair_criteria(summaries, real_time_factor(rows[FINAL]))
    _write_csv(out / "scores.csv", scores)
    _write_csv(out / "repair.csv", summaries)
    notes = checkpoint.notes(model)
    text = "\n\n".join(
        [
            "# Repair",
            f"The last training took {notes['steps']} steps, seed {notes['seed']}; "
            "the model card tells the whole.",
            _DEFINITION,
            table(summaries),
            criteria_table(criteria),
        ]
    )
    (out / "repair.md").write_text(text + "\n", encoding="utf-8")
    images = draw(scores, summaries, cases, rows, {"repair": model})
    for name, image in images.items():
        (out / f"{name}.png").write_bytes(image)
    (out / "report.html").write_text(page(text, images, out), encoding="utf-8")


def draw(
    scores: Sequence[RepairScore],
    summaries: Sequence[Summary],
    cases: Sequence[Case],
    rows: dict[str, System],
    folders: dict[str, Path],
) -> dict[str, bytes]:
    """Return every chart by its name."""
    shown = next((c for c in cases if c.block == testset.COMBINED), cases[0])
    repaired = {name: system(shown.damaged) for name, system in rows.items()}
    gains: dict[str, list[float]] = {}
    before = {(s.kind, s.name): s.si_sdr for s in scores if s.system == DAMAGED}
    for s in scores:
        if s.system == FINAL and s.block == testset.NOISE:
            gains.setdefault(s.speaker, []).append(s.si_sdr - before[s.kind, s.name])
    names = [name for name in rows if name != DAMAGED]
    images = {
        "models": repair_charts.models(scores),
        "shares": repair_charts.shares(scores, FINAL, [event for case in cases for event in case.events]),
        "damages": repair_charts.damages(summaries, names),
        "speakers": repair_charts.speakers(gains),
        "spectrograms": repair_charts.spectrograms(
            {"clean": shown.clean, "damaged": shown.damaged, "repaired": repaired[FINAL]}, shown.events
        ),
        "contours": charts.contours(shown.clean, {"damaged": shown.damaged, "repaired": repaired[FINAL]}),
    }
    loss = charts.curves(folders)
    return {**images, "curves": loss} if loss else images


def table(summaries: Sequence[Summary]) -> str:
    """Return Markdown: means, with the gain over the damaged input in brackets."""
    lines = [
        "| test | system | n | " + " | ".join(_COLUMNS) + " |",
        "|---|---|---" + "|---" * len(_COLUMNS) + "|",
    ]
    for s in summaries:
        cells = []
        for value, gain, digits in _COLUMNS.values():
            shown = f"{getattr(s, value):.{digits}f}"
            cells.append(shown if s.system == DAMAGED else f"{shown} ({getattr(s, gain):+.{digits}f})")
        lines.append(f"| {s.block} | {s.system} | {s.n} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _write_csv(path: Path, rows: Sequence[RepairScore] | Sequence[Summary]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(rows[0])])
        writer.writeheader()
        for row in rows:
            writer.writerow({k: round(v, 5) if isinstance(v, float) else v for k, v in asdict(row).items()})
