from pathlib import Path

import numpy as np
import pytest
import torch

from app.nets import checkpoint
from app.nets.repair import RepairConfig, RepairNet
from app.training.damage.damage import DamageSpec, damage
from app.training.report.repair_report import write_report
from app.training.scores import testset
from app.training.scores.testset import Case
from tests.training.conftest import speak_like

TINY = RepairConfig(n_bands=80, channels=(4, 6, 8, 8), lstm_size=8, lstm_layers=1)


def some_cases() -> list[Case]:
    found = []
    plans = {
        testset.NOISE: DamageSpec("rain", 5),
        **testset.SINGLE,
        testset.COMBINED: DamageSpec("siren", 8, clip=0.3),
    }
    for i, (block, spec) in enumerate(plans.items()):
        clean = speak_like(i % 2, 0.8)
        damaged, events = damage(clean, np.random.default_rng(i), spec, [speak_like(7)])
        found.append(Case(block, block, f"s{i % 2}", str(i), clean, damaged, events))
    return found


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("lab")
    net = RepairNet(TINY).eval()
    checkpoint.save(folder / "repair", "repair", net, {"steps": 3, "seed": 0})
    (folder / "repair/curve.csv").write_text("step,train,valid\n1,3,4\n2,2,3\n", encoding="utf-8")
    write_report(folder / "out", folder / "repair", net, some_cases())
    return folder / "out"


def test_the_report_holds_tables_bars_and_every_chart(written: Path) -> None:
    charts = {"models", "shares", "damages", "speakers", "spectrograms", "contours", "curves"}
    assert {path.stem for path in written.glob("*.png")} == charts
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written.glob("*.png"))
    text = (written / "repair.md").read_text(encoding="utf-8")
    assert "noise: SI-SDR at least +4 dB" in text
    assert "| dropouts | baseline (Wiener) | 1 |" in text
    page = (written / "report.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == len(charts)
    assert "http" not in page.replace("http-equiv", "")
    assert (written / "scores.csv").read_text(encoding="utf-8").count("\n") == 1 + 4 * len(some_cases())


def test_an_untrained_net_gains_nothing_and_says_so(written: Path) -> None:
    lines = (written / "repair.md").read_text(encoding="utf-8").splitlines()
    held = {
        line.split(" | ")[0].strip("| "): line.endswith("| yes |")
        for line in lines
        if line.endswith((" yes |", " no |"))
    }
    assert not held["noise: SI-SDR at least +4 dB"]
    assert held["clean in: PESQ at least 4.0"]
    assert held["dropouts: repaired, SI-SDR above 0"]
