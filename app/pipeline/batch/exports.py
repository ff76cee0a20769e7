"""The result files of a batch, written from its journal: each appears whole or not at all."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from app.audio.atomic import atomic_write
from app.errors import N_, EngineUnavailable
from app.pipeline.batch.journal import Journal

VECTORS, PROCESS, FAIL = "audio_vectors", "audio_process.json", "audio_fail.json"
_ROWS = 1000  # vectors that are in memory at once while Parquet is written


def write(journal: Journal, form: str) -> None:
    """Write the vectors in a form of FORMS, and what is told of each record."""
    check(form)
    FORMS[form](journal, journal.folder / f"{VECTORS}.{form}")
    _write_object(journal.folder / PROCESS, ((done.key, asdict(done.facts)) for done in journal.done()))
    _write_object(
        journal.folder / FAIL, ((failed.key, {"reason": failed.reason}) for failed in journal.failures())
    )


def check(form: str) -> None:
    """Raise EngineUnavailable where a form needs a library that is not here; better before than after."""
    if form == "parquet":
        _pyarrow()


def _json(journal: Journal, path: Path) -> None:
    _write_object(path, ((done.key, [done.vector.tolist()]) for done in journal.done()))


def _write_object(path: Path, pairs: Iterable[tuple[str, Any]]) -> None:
    """Write a JSON object pair by pair, so that it need not fit into memory."""
    with atomic_write(path) as part, part.open("w", encoding="utf-8") as file:
        file.write("{")
        for number, (key, value) in enumerate(pairs):
            name = json.dumps(key, ensure_ascii=False)
            file.write(f"{',' if number else ''}\n{name}: {json.dumps(value, ensure_ascii=False)}")
        file.write("\n}\n")


def _npz(journal: Journal, path: Path) -> None:
    """Write the arrays `keys` (n,) and `vectors` (n, dimension) float32."""
    keys, vectors = [], []
    for done in journal.done():
        keys.append(done.key)
        vectors.append(done.vector)
    with atomic_write(path) as part, part.open("wb") as file:
        matrix = np.stack(vectors) if vectors else np.zeros((0, 0), np.float32)
        np.savez(file, keys=np.array(keys, dtype=np.str_), vectors=matrix)


def _parquet(journal: Journal, path: Path) -> None:
    """Write the columns `key`, `vector` (list of float32) and those of `Facts`."""
    arrow, parquet = _pyarrow()
    schema = arrow.schema(
        [
            ("key", arrow.string()),
            ("vector", arrow.list_(arrow.float32())),
            ("processing_time_s", arrow.float64()),
            ("video_length_s", arrow.float64()),
            ("channels", arrow.int32()),
            ("sample_rate_hz", arrow.int32()),
            ("engine", arrow.string()),
            ("pooling", arrow.string()),
        ]
    )
    with atomic_write(path) as part, parquet.ParquetWriter(part, schema, compression="zstd") as writer:
        rows: list[dict[str, Any]] = []
        for done in journal.done():
            rows.append({"key": done.key, "vector": done.vector, **asdict(done.facts)})
            if len(rows) == _ROWS:
                writer.write_table(arrow.Table.from_pylist(rows, schema))
                rows.clear()
        writer.write_table(arrow.Table.from_pylist(rows, schema))


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise EngineUnavailable(
            N_("Parquet needs a library: %(command)s"), command="pip install -r requirements-parquet.txt"
        ) from error
    return pyarrow, pyarrow.parquet


FORMS: dict[str, Callable[[Journal, Path], None]] = {"json": _json, "parquet": _parquet, "npz": _npz}
