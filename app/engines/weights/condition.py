"""What of some weights is on this disk, and whether it is what was published."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.engines.weights import origin
from app.engines.weights.checksum import is_published
from app.engines.weights.sources import Source, WeightFile, Weights
from app.engines.weights.staging import Staging
from app.engines.weights.transfer import size
from app.progress import Progress

State = Literal["absent", "partial", "unchecked", "checked", "damaged"]
_TOLERANCE_S = 2.0  # times in the note are whole seconds


@dataclass(frozen=True, slots=True)
class Condition:
    """How weights lie on the disk.

    arrived: 0..1 of a fetch that broke off; source: where they came from, None: put there by hand;
    check: the last comparison; damaged: names of files that are not the published ones.
    """

    state: State
    arrived: float = 0.0
    source: str | None = None
    check: origin.Check | None = None

    @property
    def here(self) -> bool:
        return self.state in ("unchecked", "checked", "damaged")


def condition(weights: Weights, models_dir: Path) -> Condition:
    """Say what is here, by names, sizes, times and the note beside the files. Reads none of them."""
    present = _present(weights, models_dir)
    if present is None:
        staging = Staging(weights, models_dir, 0)
        arrived = max(staging.arrived(source) for source in weights.sources)
        return Condition("partial" if arrived > 0 else "absent", arrived)
    source = origin.read(weights, models_dir)
    check = origin.read_check(weights, models_dir)
    if check is None or _changed_since(check, present, models_dir):
        return Condition("unchecked", 1.0, source)
    return Condition("damaged" if check.damaged else "checked", 1.0, source, check)


def check(weights: Weights, models_dir: Path, progress: Progress) -> tuple[str, ...]:
    """Compare the files with the published checksums; note and return the names of those that differ.

    Where sources have different files, those of the source that fits best are meant. A file whose checksum
    only the hub knows is compared by nothing. What `progress` raises ends the reading.
    """
    damaged = min(
        (_damaged(source, models_dir, progress) for source in _complete(weights, models_dir)),
        key=len,
        default=(),
    )
    origin.write_check(weights, damaged, models_dir)
    progress(1.0)
    return damaged


def remove_damaged(weights: Weights, models_dir: Path) -> None:
    """Delete the files that the last check found damaged, so that they are fetched again."""
    found = condition(weights, models_dir)
    for source in weights.sources if found.state == "damaged" and found.check else ():
        for file in source.files:
            if found.check and file.name in found.check.damaged:
                (models_dir / file.path).unlink(missing_ok=True)


def _damaged(source: Source, models_dir: Path, progress: Progress) -> tuple[str, ...]:
    known = [file for file in source.files if file.sha256]
    whole, done = sum(file.size_bytes for file in known) or 1, 0
    wrong = []
    for file in known:

        def report(done: int = done) -> None:
            progress(done / whole)

        path = models_dir / file.path
        if (file.exact and size(path) != file.size_bytes) or not is_published(path, file, report):
            wrong.append(file.name)
        done += file.size_bytes
        progress(min(0.99, done / whole))
    return tuple(wrong)


def _complete(weights: Weights, models_dir: Path) -> Iterator[Source]:
    for source in weights.sources:
        if all((models_dir / file.path).is_file() for file in source.files):
            yield source


def _present(weights: Weights, models_dir: Path) -> tuple[WeightFile, ...] | None:
    return next((source.files for source in _complete(weights, models_dir)), None)


def _changed_since(check: origin.Check, files: tuple[WeightFile, ...], models_dir: Path) -> bool:
    changed = max((models_dir / file.path).stat().st_mtime for file in files)
    return changed > check.at.timestamp() + _TOLERANCE_S
