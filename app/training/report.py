"""The report: tables as CSV and Markdown, charts as PNG, and one HTML file that needs nothing else."""

import base64
import html
from collections.abc import Sequence
from pathlib import Path

from app.nets import checkpoint
from app.nets.repair import RepairNet
from app.training import charts, evaluate, testset
from app.training.acceptance import bar_table, bars
from app.training.evaluate import DAMAGED, FINAL, Score, Summary
from app.training.testset import Case

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
_STYLE = """\
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;
color:light-dark(#1d2421,#e6ece9);background:light-dark(#f4f5f1,#121816)}
a{color:light-dark(#1f6f5c,#7fd1b9)}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{border:1px solid light-dark(#d5dad6,#36403c);padding:.25rem .6rem;text-align:right}
:is(td,th):is(:first-child,:nth-child(2)){text-align:left}
img{max-width:100%;background:#fff;border-radius:.5rem}
.no{color:light-dark(#b00020,#ff8a94)}.yes{color:light-dark(#1a7f37,#6fd68a)}"""
_HEAD = """\
<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Speech lab</title>"""
_TITLE = '<p><a href="./">Konspekt</a></p><h1>Speech lab</h1>'


def write(out: Path, model: Path, net: RepairNet, cases: Sequence[Case]) -> None:
    """Judge the net and write everything into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    rows = evaluate.systems(net)
    scores = evaluate.judge_all(cases, rows)
    summaries = evaluate.summarize(scores)
    held = bars(summaries, evaluate.real_time_factor(rows[FINAL]))
    evaluate.write_csv(out / "scores.csv", scores)
    evaluate.write_csv(out / "repair.csv", summaries)
    notes = checkpoint.notes(model)
    text = "\n\n".join(
        [
            "# Repair",
            f"The last training took {notes['steps']} steps, seed {notes['seed']}; "
            "the model card tells the whole.",
            _DEFINITION,
            table(summaries),
            bar_table(held),
        ]
    )
    (out / "repair.md").write_text(text + "\n", encoding="utf-8")
    images = draw(scores, summaries, cases, rows, {"repair": model})
    for name, image in images.items():
        (out / f"{name}.png").write_bytes(image)
    (out / "report.html").write_text(page(text, images, out), encoding="utf-8")


def page(text: str, images: dict[str, bytes], folder: Path) -> str:
    """Return the report as HTML: the repair, then what `evaluate_synthesis` left in the folder."""
    parts = [section(text, images)]
    for name in ("synthesis", "sounds"):
        if (folder / f"{name}.md").exists():
            charts_of = sorted(folder.glob(f"{name}-*.png"))
            shown = {path.stem: path.read_bytes() for path in charts_of}
            parts.append(section((folder / f"{name}.md").read_text(encoding="utf-8"), shown))
    return f"{_HEAD}<style>{_STYLE}</style></head><body>{_TITLE}{''.join(parts)}</body></html>\n"


def draw(
    scores: Sequence[Score],
    summaries: Sequence[Summary],
    cases: Sequence[Case],
    rows: dict[str, evaluate.System],
    folders: dict[str, Path],
) -> dict[str, bytes]:
    """Return every chart by its name."""
    shown = next((c for c in cases if c.block == testset.COMBINED), cases[0])
    repaired = {name: run(shown.damaged) for name, run in rows.items()}
    gains: dict[str, list[float]] = {}
    before = {(s.kind, s.name): s.si_sdr for s in scores if s.system == DAMAGED}
    for s in scores:
        if s.system == FINAL and s.block == testset.NOISE:
            gains.setdefault(s.speaker, []).append(s.si_sdr - before[s.kind, s.name])
    systems = [name for name in rows if name != DAMAGED]
    images = {
        "models": charts.models(scores),
        "shares": charts.shares(scores, FINAL, [event for case in cases for event in case.events]),
        "damages": charts.damages(summaries, systems),
        "speakers": charts.speakers(gains),
        "spectrograms": charts.spectrograms(
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


def section(text: str, images: dict[str, bytes]) -> str:
    """Return Markdown (headings, paragraphs, tables) and images as HTML, with nothing to fetch."""
    body = []
    for block in text.split("\n\n"):
        if block.startswith("|"):
            head, _, *rows = [
                [html.escape(cell.strip()) for cell in line.strip("| ").split(" | ")]
                for line in block.splitlines()
            ]
            body.append('<div class="scroll"><table>')
            body.append(f"<tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>")
            body += [f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows]
            body.append("</table></div>")
        elif block.startswith("# "):
            body.append(f"<h2>{html.escape(block[2:])}</h2>")
        elif block.strip():
            body.append(f"<p>{html.escape(block)}</p>")
    for name, image in images.items():
        source = base64.b64encode(image).decode("ascii")
        body.append(f'<h3>{name}</h3><img alt="{name}" src="data:image/png;base64,{source}">')
    return "".join(body)


def _cell(text: str) -> str:
    return f'<td class="{text}">{text}</td>' if text in ("yes", "no") else f"<td>{text}</td>"
