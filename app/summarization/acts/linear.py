"""Logistic regression over named features, read from JSON; `python -m benchmarks.acts` trains it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path

_WEIGHTS = Path(__file__).with_name("weights")
DECISION, ASSIGNMENT = "decision", "assignment"
KINDS = (DECISION, ASSIGNMENT)
LANGUAGES = ("ru", "en")


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights by feature; a feature that training has not seen counts nothing."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, features: Iterable[str]) -> float:
        """Return how likely a thing with these features is what the model was trained to find."""
        return 1.0 / (1.0 + exp(-(self.bias + sum(self.weights.get(one, 0.0) for one in features))))


@dataclass(frozen=True, slots=True)
class Models:
    """The three models of one kind of item in one language.

    sentence: belongs to an item; same: two sentences that follow each other belong to one item;
    word: a secretary would write it.
    """

    sentence: Linear
    same: Linear
    word: Linear


@cache
def models(language: str) -> dict[str, Models]:
    """Return the models by kind of item."""
    read = json.loads((_WEIGHTS / f"{language}.json").read_text("utf-8"))
    return {
        kind: Models(**{name: Linear(one["bias"], one["weights"]) for name, one in read[kind].items()})
        for kind in KINDS
    }
