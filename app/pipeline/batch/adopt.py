"""Take over the results that stand in a folder without a journal: ours, or those of the script before us.

A script writes what its author likes, so several forms are read. Vectors, facts and failures stand under an
address of the list or under its place there ("0" to "999"), in an object or in a list; a vector is a row or
a matrix of one row. Nothing is written over before all of it is in the journal.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.engines.base import Embedding
from app.engines.weights.catalogue import CATALOGUE
from app.errors import N_, BadInput, Conflict
from app.pipeline.batch.exports import FAIL, PROCESS, VECTORS
from app.pipeline.batch.journal import Facts, Journal
from app.pipeline.batch.records import Record

POOLING = "pca"  # of vectors that name none: one row a recording
NAMES = {  # of a fact, as scripts call it
    "processing_time_s": ("processing_time_s", "processing_time", "process_time", "time", "elapsed"),
    "video_length_s": ("video_length_s", "video_length", "audio_length", "duration", "length"),
    "channels": ("channels", "n_channels", "num_channels", "audio_channels", "nchannels"),
    "sample_rate_hz": ("sample_rate_hz", "sample_rate", "sampling_rate", "frame_rate", "sr", "rate"),
}
ADDRESS = ("key", "url", "video_url", "address", "link", "index", "id", "number")
REASON = ("reason", "error", "message", "exception")

UNREADABLE = N_("%(path)s holds no vectors that can be read. Move it, or choose another folder.")
OTHER_ENGINE = N_(
    "%(path)s holds vectors of another program, and nothing here makes the like of them (%(n)d numbers each)."
    " Get the model that made them (%(command)s), or choose another folder."
)
FAILED_BEFORE = N_("It failed before: %(reason)s")
BROKEN_VECTOR = N_("Its vector in %(name)s could not be read.")


@dataclass(frozen=True, slots=True)
class Maker:
    """What goes on with the vectors. engine: its name; dimension: how many numbers it makes."""

    engine: str
    dimension: int


def adopt(journal: Journal, listed: Sequence[Record] = (), maker: Maker | None = None) -> int:
    """Fill a journal that is new from the result files; return how many records were taken over.

    Args:
        listed: every record of the list, by its place.
        maker: said to have made the vectors that name no engine. None: nothing here can have made them.

    Raises:
        Conflict: the vectors cannot be read, or belong to no engine that is here.
    """
    path = journal.folder / f"{VECTORS}.json"
    if len(journal) or not path.exists():
        return 0
    try:
        vectors = _by_key(json.loads(path.read_text("utf-8-sig")), listed)
        told = _by_key(_read(journal.folder / PROCESS), listed)
        failed = _by_key(_read(journal.folder / FAIL), listed, plain_is_key=True)
    except (OSError, ValueError, RecursionError) as error:
        raise Conflict(UNREADABLE, path=str(path)) from error
    rows = {key: _row(matrix) for key, matrix in vectors.items()}
    sizes = Counter(len(row) for row in rows.values() if row is not None)
    if vectors and not sizes:
        raise Conflict(UNREADABLE, path=str(path))
    n_numbers = sizes.most_common(1)[0][0] if sizes else 0
    done: list[tuple[str, Embedding, Facts]] = []
    broken: list[str] = []
    for key, row in rows.items():
        facts = _facts(told.get(key), maker if maker and maker.dimension == n_numbers else None)
        if row is None or len(row) != n_numbers:
            broken.append(key)
        elif facts is None:
            command = CATALOGUE["wav2vec2-xlsr-53-russian"].command
            raise Conflict(OTHER_ENGINE, path=str(path), n=n_numbers, command=command)
        else:
            done.append((key, Embedding(row, facts.engine, facts.pooling), facts))
    failures = {key: BadInput(FAILED_BEFORE, reason=_reason(why)) for key, why in failed.items()}
    failures |= {key: BadInput(BROKEN_VECTOR, name=path.name) for key in broken}
    here = {key for key, _, _ in done}
    journal.begin_with(done, [(key, why) for key, why in failures.items() if key not in here])
    return len(journal)


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8-sig")) if path.exists() else {}


def _by_key(found: Any, listed: Sequence[Record], plain_is_key: bool = False) -> dict[str, Any]:
    """Return values by the address of their record. plain_is_key: a list names what it tells of."""
    if isinstance(found, Mapping):
        pairs: Iterable[tuple[Any, Any]] = found.items()
    elif isinstance(found, list):
        pairs = [_pair(place, value, plain_is_key) for place, value in enumerate(found)]
    else:
        raise ValueError("neither an object nor a list")
    return {_key(name, listed): value for name, value in pairs if value is not None}


def _pair(place: int, value: Any, plain_is_key: bool) -> tuple[Any, Any]:
    """Return what an entry of a list is about, and what it says."""
    if isinstance(value, Mapping):
        return next((value[name] for name in ADDRESS if name in value), place), value
    return (value, "") if plain_is_key else (place, value)


def _key(name: Any, listed: Sequence[Record]) -> str:
    """Return the key of the record that stands under a place, or under an address."""
    text = str(name).strip()
    if text.isdecimal() and int(text) < len(listed):
        return listed[int(text)].key
    return text


def _row(matrix: Any) -> np.ndarray | None:
    """Return a vector, (dimension,) float32. None: it is none."""
    if isinstance(matrix, Mapping):
        matrix = next((matrix[name] for name in ("vector", "embedding") if name in matrix), None)
    try:
        values = np.array(matrix, np.float32)
    except (ValueError, TypeError, OverflowError):
        return None
    if values.ndim > 2 or not values.size or values.size != max(values.shape, default=0):
        return None
    return values.reshape(-1) if np.isfinite(values).all() else None


def _facts(told: Any, maker: Maker | None) -> Facts | None:
    """Return what is told of a record; None for what nobody has written down. None: nor its engine."""
    facts = told if isinstance(told, Mapping) else {"processing_time_s": told}
    engine = facts.get("engine") or (maker.engine if maker else None)
    if not isinstance(engine, str):
        return None
    numbers = {name: _number(facts, names) for name, names in NAMES.items()}
    channels, rate = numbers["channels"], numbers["sample_rate_hz"]
    return Facts(
        numbers["processing_time_s"],
        numbers["video_length_s"],
        None if channels is None else round(channels),
        None if rate is None else round(rate),
        engine,
        str(facts.get("pooling") or POOLING),
    )


def _number(facts: Mapping[str, Any], names: Sequence[str]) -> float | None:
    for name in names:
        value = facts.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return value
    return None


def _reason(why: Any) -> str:
    if isinstance(why, Mapping):
        why = next((why[name] for name in REASON if name in why), "")
    return " ".join(str(why).split())[:500] or "?"
