"""Trains the models that find decisions and assignments: `python -m benchmarks.acts` writes their weights.

The training set is the development half of the gold set but for one author's meetings, and talk in which
nothing is decided. Before it writes, it prints the scores of a cross-validation: each meeting is read by
models that have not seen it; and of the meetings that are left for measuring, read by what it writes.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np

from app.documents.minutes import ActionItem, Minutes, Point
from app.summarization.acts import items as acts
from app.summarization.acts.linear import DECISION, KINDS, LANGUAGES, Linear, Models
from app.summarization.acts.spans import pair_features
from app.summarization.acts.wording import Wording, item_words
from app.summarization.sentences import split, tidy
from benchmarks.minutes_scores import Score, score
from tests.meetings import Expected, Meeting, meeting, meetings

WEIGHTS = Path(acts.__file__).with_name("weights")
_FOLDS = 5
_MEASURES = "fourth"  # author whose meetings no model reads
_SENTENCE_C, _SAME_C, _WORD_C = 0.05, 0.1, 0.1  # inverse strength of the L2 penalty
_RARE = 3  # a feature of fewer sentences is left out
_FOREIGN = 2.0  # weight of a sentence of whom the rules were not made with: there they answer as in life
_SMALL = 0.004  # a weight below changes nothing

Row = tuple[frozenset[str], bool, float]


@dataclass(frozen=True)
class Read:
    """A meeting with its features."""

    meeting: Meeting
    likely: dict[str, Sequence[float]] = field(default_factory=dict)

    @cached_property
    def acts(self) -> acts.MeetingActs:
        return acts.MeetingActs(split(self.meeting.transcript), self.meeting.language)

    def expected(self, kind: str) -> tuple[Expected, ...]:
        return self.meeting.decisions if kind == DECISION else self.meeting.actions

    def span(self, one: Expected) -> list[int]:
        """Return the numbers of the sentences of an item."""
        said = self.acts.context.sentences
        return [n for n, sentence in enumerate(said) if sentence.segment in one.segments]


def main() -> None:
    for language in LANGUAGES:
        named = [
            Read(meeting(name, half))
            for half in ("development", "talk")
            for name in meetings(half)
            if name.startswith(language)
        ]
        reads = [one for one in named if one.meeting.author != _MEASURES]
        total = Score()
        for rest, left_out in folds(reads):
            total.add(_scored(left_out, train(rest)))
        _print(f"{language}, cross-validated", total)
        trained = train(reads)
        _print(f"{language}, unread", _scored([one for one in named if one not in reads], trained))
        write(language, trained)


def _scored(reads: Iterable[Read], trained: dict[str, Models]) -> Score:
    total = Score()
    for one in reads:
        total.add(score(one.meeting, minutes(one, trained)))
    return total


def _print(where: str, total: Score) -> None:
    for kind, counted in (("decisions", total.decisions), ("assignments", total.assignments)):
        shares = " ".join(f"{what} {counted.share(what):.3f}" for what in ("who", "when", "time"))
        print(
            f"{where}, {kind}: precision {counted.precision:.3f} recall {counted.recall:.3f}"
            f" F1 {counted.f1:.3f} in place {counted.placed_f1:.3f} {shares}"
        )


def minutes(read: Read, trained: dict[str, Models]) -> Minutes:
    found = read.acts.items(trained)
    return Minutes(
        read.meeting.language,
        "trained",
        (),
        tuple(Point(tidy(one.text), one.main.start, one.context) for one in found.decisions),
        tuple(
            ActionItem(tidy(one.text), one.main.start, one.who, one.by_when, context=one.context)
            for one in found.assignments
        ),
    )


def folds(reads: Sequence[Read]) -> Iterator[tuple[list[Read], list[Read]]]:
    """Leave out each meeting once."""
    for number in range(_FOLDS):
        yield (
            [one for n, one in enumerate(reads) if n % _FOLDS != number],
            [one for n, one in enumerate(reads) if n % _FOLDS == number],
        )


def train(reads: Sequence[Read]) -> dict[str, Models]:
    """Train the models of one language.

    Those of words see what the sentences look like to a model that has not read them, as in life.
    """
    for rest, left_out in folds(reads):
        for kind in KINDS:
            model = fit(_sentences(rest, kind), _SENTENCE_C, rare=_RARE)
            for one in left_out:
                one.likely[kind] = [model.probability(features) for features in one.acts.features]
    return {
        kind: Models(
            fit(_sentences(reads, kind), _SENTENCE_C, rare=_RARE),
            fit(_pairs(reads, kind), _SAME_C),
            fit(_words(reads, kind), _WORD_C),
        )
        for kind in KINDS
    }


def _sentences(reads: Iterable[Read], kind: str) -> Iterator[Row]:
    for read in reads:
        belongs = {n for one in read.expected(kind) for n in read.span(one)}
        weight = 1.0 if read.meeting.author is None else _FOREIGN
        for n, features in enumerate(read.acts.features):
            yield features, n in belongs, weight


def _pairs(reads: Iterable[Read], kind: str) -> Iterator[Row]:
    for read in reads:
        items_at: dict[int, set[int]] = {}
        for number, one in enumerate(read.expected(kind)):
            for n in read.span(one):
                items_at.setdefault(n, set()).add(number)
        for one, other in pairwise(sorted(items_at)):
            features = pair_features(read.acts.context, read.acts.features, one, other)
            yield features, bool(items_at[one] & items_at[other]), 1.0


def _words(reads: Iterable[Read], kind: str) -> Iterator[Row]:
    for read in reads:
        wording = Wording(read.acts.context, read.likely)
        for one in read.expected(kind):
            wanted = item_words(one.text, read.meeting.language)
            for (_, word), features in wording.features(read.span(one), kind).items():
                yield features, word in wanted, 1.0


def fit(rows: Iterable[Row], c: float, rare: int = 1) -> Linear:
    """Fit a logistic regression; c: as scikit-learn's C."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    known = list(rows)
    often = Counter(one for features, _, _ in known for one in features)
    vectors = DictVectorizer()
    x = vectors.fit_transform([{one: 1.0 for one in f if often[one] >= rare} for f, _, _ in known])
    x.indices, x.indptr = x.indices.astype(np.int32), x.indptr.astype(np.int32)
    regression = LogisticRegression(C=c, max_iter=1000)
    regression.fit(x, [right for _, right, _ in known], [weight for *_, weight in known])
    weights = zip(vectors.get_feature_names_out(), regression.coef_[0], strict=True)
    return Linear(
        float(regression.intercept_[0]),
        {str(name): round(float(one), 3) for name, one in weights if abs(one) >= _SMALL},
    )


def write(language: str, trained: dict[str, Models]) -> None:
    told = {
        kind: {
            name: {"bias": round(model.bias, 4), "weights": dict(sorted(model.weights.items()))}
            for name, model in (("sentence", one.sentence), ("same", one.same), ("word", one.word))
        }
        for kind, one in trained.items()
    }
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    (WEIGHTS / f"{language}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
