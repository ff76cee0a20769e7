import numpy as np

from app.training.report import synthesis_charts as charts
from tests.training.conftest import speak_like
from tests.training.report.test_synthesis_report import SCORES

PNG = b"\x89PNG"


def test_every_chart_is_drawn() -> None:
    assert charts.systems(SCORES).startswith(PNG)
    assert charts.mels({"natural": speak_like(0), "net": speak_like(1)}).startswith(PNG)
    assert charts.durations(["", "a", "t"], [5, 9, 6], [5, 8, 7]).startswith(PNG)
    assert charts.similarity(["en-a", "ru-b"], np.array([[0.9, 0.5], [0.6, 0.8]])).startswith(PNG)
    assert charts.embeddings(["en-a", "ru-b", "ru-c"], np.eye(3)).startswith(PNG)
