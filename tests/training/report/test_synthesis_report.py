import math

from app.training.report.synthesis_report import table
from app.training.scores.synthesis_scores import SynthesisScore

SCORES = [
    SynthesisScore("natural", "en-a", 0.0, 0.0, 1.0, 1.0, 0.97, math.nan, math.nan),
    SynthesisScore("net", "en-a", 0.03, 0.02, 0.95, 0.96, 0.90, 0.04, 0.3),
    SynthesisScore("net", "ru-b", 0.06, 0.02, 0.93, 0.96, 0.88, 0.02, math.nan),
]


def test_the_table_leaves_open_what_was_not_measured() -> None:
    rows = table(SCORES).splitlines()
    assert rows[2].endswith("| – | – |")
    assert "| 0.300 |" in rows[3]
