"""The result files of a batch, written from its journal: each appears whole or not at all."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from app.audio.whole import written_whole
from app.errors import N_, EngineUnavailable
from app.pipeline.batch.ledger import Ledger

VECTORS, PROCESS, FAIL = "audio_vectors", "audio_process.json", "audio_fail.json"
_ROWS = 1000  # vectors that are in memory at once while Parquet is written


def write(ledger: Ledger, form: str) -> None:
    """Write the vectors in a form of FORMS, and what is told of each record."""
    check(form)
    FORMS[form](ledger, ledger.folder / f"{VECTORS}.{form}")
    _write_object(ledger.folder / PROCESS, ((done.key, asdict(done.facts)) for done in ledger.done()))
    _write_object(
        ledger.folder / FAIL, ((failed.key, {"reason": failed.reason}) for failed in ledger.failures())
    )


def check(form: str) -> None:
    """Raise EngineUnavailable where a form needs a library that is not here; better before than after."""
    if form == "parquet":
        _pyarrow()


def _json(ledger: Ledger, path: Path) -> None:
    _write_object(path, ((done.key, [done.vector.tolist()]) for done in ledger.done()))


def _write_object(path: Path, pairs: Iterable[tuple[str, Any]]) -> None:
    """Write a JSON object pair by pair, so that it need not fit into memory."""
    with written_whole(path) as part, part.open("w", encoding="utf-8") as file:
        file.write("{")
        for number, (key, value) in enumerate(pairs):
            name = json.dumps(key, ensure_ascii=False)
            file.write(f"{',' if number else ''}\n{name}: {json.dumps(value, ensure_ascii=False)}")
        file.write("\n}\n")


def _npz(ledger: Ledger, path: Path) -> None:
    """Write the arrays `keys` (n,) and `vectors` (n, dimension) float32."""
    keys, vectors = [], []
    for done in ledger.done():
        keys.append(done.key)
        vectors.append(done.vector)
    with written_whole(path) as part, part.open("wb") as file:
        matrix = np.stack(vectors) if vectors else np.zeros((0, 0), np.float32)
        np.savez(file, keys=np.array(keys, dtype=np.str_), vectors=matrix)


def _parquet(ledger: Ledger, path: Path) -> None:
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
    with written_whole(path) as part, parquet.ParquetWriter(part, schema, compression="zstd") as writer:
        rows: list[dict[str, Any]] = []
        for done in ledger.done():
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


FORMS: dict[str, Callable[[Ledger, Path], None]] = {"json": _json, "parquet": _parquet, "npz": _npz}
