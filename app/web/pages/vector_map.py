"""The map of the page of a recording: every recording a point, with names as far as they do not touch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.jobs.job import Job
from app.pipeline.similar import Place
from app.web.core.file_names import stem

MARGIN = 22.0
RADIUS, OWN_RADIUS = 5.0, 7.5
FONT = 12.0  # of the style sheet, in the drawing's own unit
LETTER, WIDE_LETTER = 0.58, 0.92  # widths in shares of the font's size: Golos Text measured, rounded up
WIDE = frozenset("ЖМФШЩЮЫДжмфшщюыWM@%…—mw")
LETTERS = (30, 18)  # a name is shown as long as it fits, else shorter, else not

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Label:
    """Text beside a point; anchor: the side of the text that `x` says, in SVG's words."""

    text: str
    x: float
    y: float
    anchor: str
    box: Box


@dataclass(frozen=True, slots=True)
class Point:
    """label: where it was found room for; its name is shown anyway when the point is looked at."""

    job: Job
    x: float
    y: float
    radius: float
    label: Label | None


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    points: tuple[Point, ...]


def draw(
    places: Sequence[Place[Job]], own_id: str, nearest: Sequence[str], width: float, height: float
) -> Drawing:
    """Lay a map out on `width` by `height`; one's own name is placed first, then those of the nearest.

    nearest: ids, the nearest first; the others follow.
    """
    first = [own_id, *nearest]
    ranks = {job_id: rank for rank, job_id in enumerate(first)}
    ordered = sorted(places, key=lambda place: ranks.get(place.of.id, len(first)))
    at = [(place.of, *spot) for place, spot in zip(ordered, _spots(ordered, width, height), strict=True)]
    radii = [OWN_RADIUS if job.id == own_id else RADIUS for job, _, _ in at]
    taken = [_circle(x, y, radius) for (_, x, y), radius in zip(at, radii, strict=True)]
    points = []
    for (job, x, y), radius in zip(at, radii, strict=True):
        label = _label(stem(job.name), x, y, radius, taken, (2, 2, width - 2, height - 2))
        if label:
            taken.append(label.box)
        points.append(Point(job, x, y, radius, label))
    return Drawing(width, height, tuple(reversed(points)))  # what matters most is drawn last, on top


def _spots(places: Sequence[Place[Job]], width: float, height: float) -> Iterator[tuple[float, float]]:
    """Spread the plane over the drawing, by one scale for both axes so that distances stay true."""
    xs, ys = [place.x for place in places], [place.y for place in places]
    spans = ((width - 2 * MARGIN, max(xs) - min(xs)), (height - 2 * MARGIN, max(ys) - min(ys)))
    scale = min((room / span for room, span in spans if span > 0), default=0.0)
    middle = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    for place in places:
        yield width / 2 + (place.x - middle[0]) * scale, height / 2 - (place.y - middle[1]) * scale


def _label(name: str, x: float, y: float, radius: float, taken: Sequence[Box], frame: Box) -> Label | None:
    for letters in LETTERS:
        text = shortened(name, letters)
        for label in _around(text, x, y, radius):
            left, top, right, bottom = label.box
            inside = left >= frame[0] and top >= frame[1] and right <= frame[2] and bottom <= frame[3]
            if inside and not any(_touch(label.box, other) for other in taken):
                return label
    return None


def _around(text: str, x: float, y: float, radius: float) -> Iterator[Label]:
    """Offer the places of a label beside its point, the best to read first."""
    wide, gap = text_width(text), radius + 3
    for dx, dy, anchor in (
        (gap, 0.0, "start"),
        (-gap, 0.0, "end"),
        (0.0, -gap - FONT / 2, "middle"),
        (0.0, gap + FONT / 2, "middle"),
        (gap, -FONT * 0.8, "start"),
        (gap, FONT * 0.8, "start"),
        (-gap, -FONT * 0.8, "end"),
        (-gap, FONT * 0.8, "end"),
    ):
        left = x + dx - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        box = (left, y + dy - FONT * 0.6, left + wide, y + dy + FONT * 0.6)
        yield Label(text, x + dx, y + dy + FONT * 0.35, anchor, box)


def shortened(name: str, letters: int) -> str:
    """Leave out the middle of a long name: its end tells it from its like."""
    if len(name) <= letters:
        return name
    tail = letters // 2 - 1
    return f"{name[: letters - tail - 1].rstrip()}…{name[-tail:].lstrip(' .,;-_')}"


def text_width(text: str) -> float:
    return FONT * sum(WIDE_LETTER if letter in WIDE else LETTER for letter in text)


def _circle(x: float, y: float, radius: float) -> Box:
    return (x - radius, y - radius, x + radius, y + radius)


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
