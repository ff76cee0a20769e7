"""Where weights came from and when they were checked: a small JSON beside them, for pages and terminal."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.audio.atomic import atomic_write
from app.engines.weights.sources import Source, Weights


@dataclass(frozen=True, slots=True)
class Check:
    """The last comparison with the published checksums. damaged: names of files that differ."""

    at: datetime
    damaged: tuple[str, ...] = ()


def write(weights: Weights, source: Source, models_dir: Path) -> None:
    """Note the source of weights that have just been fetched from it, and so checked."""
    _write(
        weights,
        models_dir,
        {
            "name": weights.name,
            "source": source.title,
            "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": {file.name: file.sha256 for file in source.files},
        },
    )


def write_check(weights: Weights, damaged: tuple[str, ...], models_dir: Path) -> None:
    """Note that the files have been compared with their checksums just now."""
    note = {"name": weights.name, **_note(weights, models_dir)}
    note |= {"checked_at": datetime.now(UTC).isoformat(timespec="seconds"), "damaged": list(damaged)}
    _write(weights, models_dir, note)


def read(weights: Weights, models_dir: Path) -> str | None:
    """Return the source that weights were fetched from; None: they were put there by hand."""
    source = _note(weights, models_dir).get("source")
    return source if isinstance(source, str) else None


def read_check(weights: Weights, models_dir: Path) -> Check | None:
    """Return when the files were compared last; None: never, or there is no saying."""
    note = _note(weights, models_dir)
    try:
        at = datetime.fromisoformat(note.get("checked_at") or note["fetched_at"])
        return Check(at.astimezone(UTC), tuple(str(name) for name in note.get("damaged", ())))
    except (ValueError, LookupError, TypeError):
        return None


def _note(weights: Weights, models_dir: Path) -> dict[str, Any]:
    try:
        note = json.loads(_path(weights, models_dir).read_bytes())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _write(weights: Weights, models_dir: Path, note: dict[str, Any]) -> None:
    with atomic_write(_path(weights, models_dir), shared=True) as part:
        part.write_text(json.dumps(note, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _path(weights: Weights, models_dir: Path) -> Path:
    return weights.folder(models_dir) / f"{weights.name}.source.json"
