import json
import math
from dataclasses import asdict
from pathlib import Path

import pytest
import soundfile
import torch

from app.audio.espeak import Phone
from app.nets import checkpoint
from app.nets.synthesis import SynthesisConfig, SynthesisNet
from app.training.corpus.utterance import Utterance
from app.training.report.synthesis_report import table, write_report
from app.training.scores.synthesis_scores import SynthesisScore
from tests.training.conftest import speak_like

VOICES = ("en-f2", "ru-f2")
PHONES = (Phone("", 0, 0.1), Phone("a", 0.1, 0.5), Phone("t", 0.5, 0.8), Phone("", 0.8, 1.0))
SCORES = [
    SynthesisScore("natural", "en-a", 0.0, 0.0, 1.0, 1.0, 0.97, math.nan, math.nan),
    SynthesisScore("net", "en-a", 0.03, 0.02, 0.95, 0.96, 0.90, 0.04, 0.3),
    SynthesisScore("net", "ru-b", 0.06, 0.02, 0.93, 0.96, 0.88, 0.02, math.nan),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Judge an untrained net on a corpus of two sentences."""
    folder = tmp_path_factory.mktemp("lab")
    said = []
    for seed, voice in enumerate(VOICES):
        path = f"{voice}.wav"
        soundfile.write(folder / path, speak_like(seed, 1.0), 16_000)
        said.append(Utterance(path, voice, voice, voice[:2], "At.", "train", "test", 1.0, "", PHONES))
    lines = "".join(json.dumps(asdict(utterance)) + "\n" for utterance in said)
    (folder / "manifest.jsonl").write_text(lines, encoding="utf-8")
    torch.manual_seed(0)
    net = SynthesisNet(SynthesisConfig(("", "a", "t"), VOICES, ("en", "ru"), 8, 4, 8, 8))
    checkpoint.save(folder / "net", "synthesis", net, {"steps": 3, "seed": 0})
    (folder / "out").mkdir()
    write_report(folder / "out", folder / "net", folder, per_voice=1)
    return folder / "out"


def test_the_report_compares_the_natural_voice_the_vocoder_and_the_net(written: Path) -> None:
    text = (written / "synthesis.md").read_text(encoding="utf-8")
    assert "took 3 steps, seed 0" in text
    assert "| natural | 2 | 0.000 | 0.000 | 1.000 | 1.000 |" in text
    assert "| vocoder alone | 2 |" in text
    assert "| net | 2 |" in text
    rows = json.loads((written / "synthesis.json").read_text(encoding="utf-8"))
    assert len(rows) == 2 * 3
    q = {row["system"]: row["q"] for row in rows}
    assert q["natural"] < q["vocoder alone"] < q["net"]


def test_every_chart_is_written(written: Path) -> None:
    drawn = {path.stem for path in written.glob("synthesis-*.png")}
    assert {
        f"synthesis-{name}" for name in ("systems", "mels", "contours", "durations", "embeddings")
    } <= drawn


def test_the_table_leaves_open_what_was_not_measured() -> None:
    rows = table(SCORES).splitlines()
    assert rows[2].endswith("| – | – |")
    assert "| 0.300 |" in rows[3]
