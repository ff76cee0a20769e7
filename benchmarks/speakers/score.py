"""Diarization error rate: without collar, with overlap, under the best mapping of speakers (NIST RT-09)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from app.documents.diarization import Turn

_FRAME_S = 0.01


@dataclass(frozen=True, slots=True)
class Errors:
    """Seconds of speech: of the reference, missed, invented, and given to another speaker."""

    speech: float
    missed: float
    false: float
    confused: float

    @property
    def rate(self) -> float:
        return (self.missed + self.false + self.confused) / self.speech

    def __add__(self, other: "Errors") -> "Errors":
        return Errors(
            self.speech + other.speech,
            self.missed + other.missed,
            self.false + other.false,
            self.confused + other.confused,
        )


NOTHING = Errors(0.0, 0.0, 0.0, 0.0)


def errors(reference: Sequence[Turn], found: Sequence[Turn]) -> Errors:
    """Compare turns, each speaker of the one with at most one of the other."""
    n = round(max([turn.end for turn in [*reference, *found]], default=0.0) / _FRAME_S) + 1
    truth, guess = _frames(reference, n), _frames(found, n)
    together = truth.astype(np.float32) @ guess.astype(np.float32).T
    matched = together[linear_sum_assignment(-together)].sum()
    n_truth, n_guess = truth.sum(axis=0), guess.sum(axis=0)
    both = np.minimum(n_truth, n_guess).sum()
    return Errors(
        float(n_truth.sum()) * _FRAME_S,
        float(np.maximum(0, n_truth - n_guess).sum()) * _FRAME_S,
        float(np.maximum(0, n_guess - n_truth).sum()) * _FRAME_S,
        float(both - matched) * _FRAME_S,
    )


def _frames(turns: Sequence[Turn], n: int) -> npt.NDArray[np.int64]:
    speakers = sorted({turn.speaker for turn in turns})
    frames = np.zeros((len(speakers), n), np.int64)
    for turn in turns:
        frames[speakers.index(turn.speaker), round(turn.start / _FRAME_S) : round(turn.end / _FRAME_S)] = 1
    return frames
