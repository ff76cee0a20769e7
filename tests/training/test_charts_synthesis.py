import math

import numpy as np

from app.training import charts_synthesis as charts
from app.training.acceptance import synthesis_bars
from app.training.evaluate_synthesis import Spoken, table

from .conftest import speak_like

PNG = b"\x89PNG"
SPOKEN = [
    Spoken("natural", "en-a", 0.0, 0.0, 1.0, 1.0, 0.97, math.nan, math.nan),
    Spoken("net", "en-a", 0.03, 0.02, 0.95, 0.96, 0.90, 0.04, 0.3),
    Spoken("net", "ru-b", 0.06, 0.02, 0.93, 0.96, 0.88, 0.02, math.nan),
]


def test_every_chart_is_drawn() -> None:
    assert charts.systems(SPOKEN).startswith(PNG)
    assert charts.mels({"natural": speak_like(0), "net": speak_like(1)}).startswith(PNG)
    assert charts.durations(["", "a", "t"], [5, 9, 6], [5, 8, 7]).startswith(PNG)
    assert charts.similarity(["en-a", "ru-b"], np.array([[0.9, 0.5], [0.6, 0.8]])).startswith(PNG)
    assert charts.embeddings(["en-a", "ru-b", "ru-c"], np.eye(3)).startswith(PNG)


def test_the_bars_are_means_of_the_net_alone() -> None:
    held = {bar.claim: bar for bar in synthesis_bars(SPOKEN, rtf=0.2)}
    assert held["Q at most .040"].measured == "0.0450"
    assert not held["Q at most .040"].holds
    assert held["cos_pitch at least .93"].holds
    assert held["duration error at most 6 %"].measured == "3.0%"
    assert not held["real-time factor under .1 on one thread"].holds


def test_the_table_leaves_open_what_was_not_measured() -> None:
    rows = table(SPOKEN).splitlines()
    assert rows[2].endswith("| – | – |")
    assert "| 0.300 |" in rows[3]
