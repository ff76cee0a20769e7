"""Minutes without a model on the gold set: decisions and assignments, on both halves.

What is promised is promised of the test half, which nobody looks at while rules are made.
"""

from collections.abc import Iterator

from app.summarization.extraction import extract_minutes
from benchmarks.figure import Figure
from benchmarks.minutes_scores import Count, Score, score
from tests.meetings import meeting, meetings

DECISIONS_F1, ASSIGNMENTS_F1, WHO, WHEN, TIME = 0.70, 0.65, 0.80, 0.80, 0.95
HALVES = ("development", "test")


def measure() -> Iterator[Figure]:
    for half in HALVES:
        both = Score()
        for language in ("ru", "en"):
            own = scored(half, language)
            both.add(own)
            yield from _figures(f"{half}, {language}", own, promised=False)
        yield from _figures(half, both, promised=half == "test")


def scored(half: str, language: str | None = None) -> Score:
    """Score the minutes of all meetings of a half; language: only these."""
    total = Score()
    for name in meetings(half):
        read = meeting(name, half)
        if language in (None, read.language):
            total.add(score(read, extract_minutes(read.transcript, lambda fraction: None)))
    return total


def _figures(where: str, total: Score, *, promised: bool) -> Iterator[Figure]:
    for kind, counted, least in (
        ("decisions", total.decisions, DECISIONS_F1),
        ("assignments", total.assignments, ASSIGNMENTS_F1),
    ):
        yield Figure(f"{where}: {kind}, precision", counted.precision)
        yield Figure(f"{where}: {kind}, recall", counted.recall)
        yield Figure(f"{where}: {kind}, F1", counted.f1, at_least=least if promised else None)
        yield Figure(f"{where}: {kind} in words that read by themselves", counted.share("worded"))
        yield from _shares(f"{where}: {kind}", counted, promised=promised)


def _shares(what: str, counted: Count, *, promised: bool) -> Iterator[Figure]:
    shares = {"time": TIME} if what.endswith("decisions") else {"time": TIME, "who": WHO, "when": WHEN}
    for name, least in shares.items():
        yield Figure(f"{what}, {name} right", counted.share(name), at_least=least if promised else None)
