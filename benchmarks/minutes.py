"""Minutes without a model on the gold set: decisions, assignments, summaries, on both halves.

What is promised is promised of the test half, which nobody looks at while rules are made.
"""

from collections.abc import Iterator

from app.summarization.extraction import extract_minutes
from app.summarization.words import tokens
from benchmarks.figure import Figure
from benchmarks.minutes_scores import Count, Score, score
from benchmarks.summary_scores import BASELINES, KINDS, baseline, rouge
from tests.meetings import meeting, meetings

DECISIONS_F1, ASSIGNMENTS_F1, WHO, WHEN, TIME = 0.70, 0.65, 0.80, 0.80, 0.95
TAKES_MIN = 1
OURS = "ours"
HALVES = ("development", "test")


def measure() -> Iterator[Figure]:
    for half in HALVES:
        both = Score()
        for language in ("ru", "en"):
            own = scored(half, language)
            both.add(own)
            yield from _figures(f"{half}, {language}", own, promised=False)
        yield from _figures(half, both, promised=half == "test")
        yield from _compared(half)


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
        yield Figure(f"{where}: {kind}, F1 by dictionary forms only", counted.exact_f1)
        yield Figure(f"{where}: {kind} in their place, in whatever words, F1", counted.placed_f1)
        yield from _shares(f"{where}: {kind}", counted, promised=promised)


def _shares(what: str, counted: Count, *, promised: bool) -> Iterator[Figure]:
    shares = {"time": TIME} if what.endswith("decisions") else {"time": TIME, "who": WHO, "when": WHEN}
    for name, least in shares.items():
        yield Figure(f"{what}, {name} right", counted.share(name), at_least=least if promised else None)


def summaries(half: str) -> dict[str, dict[str, float]]:
    """Return the mean ROUGE of our summaries and of the baselines, cut to the words of the written ones."""
    total = {name: dict.fromkeys(KINDS, 0.0) for name in (OURS, *BASELINES)}
    names = meetings(half)
    for name in names:
        read = meeting(name, half)
        reference = " ".join(read.summary)
        points = extract_minutes(read.transcript, lambda fraction: None).summary
        texts = {OURS: " ".join(point.text for point in points)}
        texts |= {one: baseline(one, read, len(tokens(reference))) for one in BASELINES}
        for one, text in texts.items():
            for kind, value in rouge(reference, text, read.language).items():
                total[one][kind] += value / len(names)
    return total


def _compared(half: str) -> Iterator[Figure]:
    found = summaries(half)
    for kind in KINDS:
        best = max(found[one][kind] for one in BASELINES)
        promised = half == "test" and kind != "rouge2"
        yield Figure(f"{half}: {kind}, ours", found[OURS][kind], at_least=best if promised else None)
        for one in BASELINES:
            yield Figure(f"{half}: {kind}, {one}", found[one][kind])
