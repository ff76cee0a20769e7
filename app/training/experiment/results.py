"""The results of the experiment as JSON: written by `flask lab experiment`, shown on /lab."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FILE = "experiment.json"


@dataclass(frozen=True, slots=True)
class Means:
    """Means over n sentences; error: the standard error of Q."""

    n: int
    mse: float
    cos_pitch: float
    cos_loudness: float
    q: float
    error: float


@dataclass(frozen=True, slots=True)
class Result:
    """What one system reached.

    single: on the sentences of the one voice that every row knows; all_voices: on those of every voice,
    where it knows them. processor_s: of its training, 0 where nothing was trained. published: the users' own
    figures, on other recordings; what they did not say is None.
    """

    name: str
    single: Means
    all_voices: Means | None = None
    processor_s: float = 0.0
    published: dict[str, float | None] | None = None


@dataclass(frozen=True, slots=True)
class Experiment:
    """steps, batch, seed: of each training; most_q: what the last of the rows was asked to reach.

    rows: the trainings of the users' table; left_out: trainings that leave something out; beside: what was
    not trained here, to compare with; texts: of the sentences to listen to.
    """

    steps: int
    batch: int
    seed: int
    single: str
    voices: tuple[str, ...]
    most_q: float
    rows: tuple[Result, ...]
    left_out: tuple[Result, ...]
    beside: tuple[Result, ...]
    texts: tuple[str, ...] = ()

    @property
    def last(self) -> Result:
        """The row that the bar is for."""
        return self.rows[-1]


def save(path: Path, found: Experiment) -> None:
    """Write an experiment as JSON, rounded to what its sentences can tell."""
    path.write_text(
        json.dumps(_rounded(asdict(found)), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def load(path: Path) -> Experiment:
    """Read an experiment back. Raises OSError, ValueError, KeyError, TypeError where it is none."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    groups = {name: tuple(_result(one) for one in kept[name]) for name in ("rows", "left_out", "beside")}
    return Experiment(**{**kept, **groups, "voices": tuple(kept["voices"]), "texts": tuple(kept["texts"])})


def _result(kept: dict[str, Any]) -> Result:
    every = kept["all_voices"]
    return Result(
        **{**kept, "single": Means(**kept["single"]), "all_voices": Means(**every) if every else None}
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, (list, tuple)) else value
