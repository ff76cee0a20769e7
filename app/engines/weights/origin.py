"""Where weights came from: a small JSON beside them, which the page and `flask models list` read."""

import json
from datetime import UTC, datetime
from pathlib import Path

from app.audio.atomic import atomic_write
from app.engines.weights.sources import Source, Weights


def write(weights: Weights, source: Source, models_dir: Path) -> None:
    """Note the source of weights that have just been fetched from it."""
    note = {
        "name": weights.name,
        "source": source.title,
        "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": {file.name: file.sha256 for file in source.files},
    }
    with atomic_write(_path(weights, models_dir)) as part:
        part.write_text(json.dumps(note, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(weights: Weights, models_dir: Path) -> str | None:
    """Return the source that weights were fetched from; None: they were put there by hand."""
    try:
        source = json.loads(_path(weights, models_dir).read_bytes())["source"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return source if isinstance(source, str) else None


def _path(weights: Weights, models_dir: Path) -> Path:
    return weights.folder(models_dir) / f"{weights.name}.source.json"
