import numpy as np
import pytest
import torch
from whisper.timing import median_filter

from app.documents.transcript import Word
from app.engines.whisper.word_times import MEDIAN_WIDTH, _join_marks, _median, warp


def cheapest(cost: np.ndarray) -> float:
    """Count what the cheapest path costs, cell by cell."""
    n, m = cost.shape
    total = np.full((n + 1, m + 1), np.inf)
    total[0, 0] = 0
    for i in range(n):
        for j in range(m):
            total[i + 1, j + 1] = cost[i, j] + min(total[i, j], total[i, j + 1], total[i + 1, j])
    return float(total[n, m])


def test_the_path_is_the_cheapest_and_runs_from_corner_to_corner() -> None:
    rng = np.random.default_rng(0)
    for shape in ((1, 1), (1, 9), (9, 1), (12, 40), (30, 30)):
        cost = rng.normal(size=shape)
        rows, columns = warp(cost)
        assert abs(cost[rows, columns].sum() - cheapest(cost)) < 1e-9
        assert (rows[0], columns[0]) == (0, 0)
        assert (rows[-1], columns[-1]) == (shape[0] - 1, shape[1] - 1)
        steps = set(zip(np.diff(rows).tolist(), np.diff(columns).tolist(), strict=True))
        assert steps <= {(1, 1), (1, 0), (0, 1)}


def test_a_clear_alignment_is_followed() -> None:
    attention = np.full((3, 12), -1.0)
    attention[0, :3] = attention[1, 3:7] = attention[2, 7:] = 1.0
    rows, columns = warp(-attention)
    assert [int(columns[rows == row][0]) for row in range(3)] == [0, 3, 7]


def words(*spelled: str) -> list[Word]:
    return [Word(i, i + 1, text) for i, text in enumerate(spelled)]


@pytest.mark.parametrize("n_frames", [1, 3, 4, 8, 200])
def test_the_median_is_that_of_sorting(n_frames: int) -> None:
    matrix = torch.randn(3, 5, n_frames, generator=torch.Generator().manual_seed(n_frames))
    assert torch.equal(_median(matrix), median_filter(matrix, MEDIAN_WIDTH))


def test_marks_go_with_the_word_they_belong_to() -> None:
    found = _join_marks(words(" He", " said", ",", " “", "well", "”", ".", " —", " And"))
    assert [(word.start, word.end, word.text) for word in found] == [
        (0, 1, " He"),
        (1, 3, " said,"),
        (3, 7, " “well”."),
        (7, 8, " —"),
        (8, 9, " And"),
    ]
