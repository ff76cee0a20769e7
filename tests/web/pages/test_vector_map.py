"""The map of recordings: names never touch, whatever they are called and wherever they lie."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations

import numpy as np
import pytest

from app.jobs.job import Job, JobStatus
from app.pipeline.similar import Place
from app.web.pages.vector_map import Box, Drawing, draw, shortened
from app.web.pages.vectors import SIZES

LONG = "Совещание отдела продаж и маркетинга Новосибирского филиала, запись {} от 12 марта 2026 года.mp4"


@dataclass(frozen=True)
class Map:
    drawing: Drawing

    @property
    def labels(self) -> list[Box]:
        return [point.label.box for point in self.drawing.points if point.label]


def job(n: int, name: str) -> Job:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    return Job(f"{n:032x}", "anna", name, 1, "ru", ("extract", "vectorize"), JobStatus.DONE, now)


def made(spots: np.ndarray, name: str = LONG, kind: str = "wide") -> Map:
    places = [Place(job(n, name.format(n)), float(x), float(y)) for n, (x, y) in enumerate(spots)]
    return Map(draw(places, places[0].of.id, [place.of.id for place in places[1:11]], *SIZES[kind]))


def clouds() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    return {
        "spread": rng.random((30, 2)),
        "one heap": 0.5 + 0.01 * rng.standard_normal((30, 2)),
        "a line": np.stack([np.linspace(0, 1, 30), np.full(30, 0.5)], axis=1),
        "all the same": np.full((30, 2), 0.5),
        "three": rng.random((3, 2)),
        "corners": np.array([(x, y) for x in (0.0, 1.0) for y in (0.0, 1.0)]),
    }


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize("spots", clouds().values(), ids=clouds().keys())
def test_no_name_touches_another_one_or_leaves_the_frame(spots: np.ndarray, kind: str) -> None:
    found = made(spots, kind=kind)
    for one, other in combinations(found.labels, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    for left, top, right, bottom in found.labels:
        assert 0 <= left < right <= found.drawing.width
        assert 0 <= top < bottom <= found.drawing.height
    for point in found.drawing.points:
        assert 0 < point.x < found.drawing.width
        assert 0 < point.y < found.drawing.height


@pytest.mark.parametrize("kind", SIZES)
def test_ones_own_name_is_there_and_drawn_on_top(kind: str) -> None:
    found = made(clouds()["spread"], kind=kind)
    own = found.drawing.points[-1]
    assert own.job.id == f"{0:032x}"
    assert own.label is not None
    assert len(found.labels) >= 8


def test_distances_are_true() -> None:
    spots = np.array([(0.0, 0.4), (1.0, 0.4), (0.5, 0.6)])
    at = {int(point.job.id, 16): (point.x, point.y) for point in made(spots).drawing.points}
    wide, high = at[1][0] - at[0][0], at[0][1] - at[2][1]
    assert high / wide == pytest.approx(0.2)


def test_of_a_long_name_the_end_is_kept() -> None:
    assert shortened("Планёрка", 18) == "Планёрка"
    assert shortened("Совещание отдела продаж 12.03.2026", 18) == "Совещание…03.2026"
    assert len(shortened(LONG, 30)) <= 30
