import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from app.pipeline.batch import exports
from app.pipeline.batch.journal import opened
from tests.pipeline.batch.filled import FACTS, fill, vector


@pytest.mark.parametrize("form", exports.FORMS)
def test_every_form_holds_the_vectors_by_their_keys(tmp_path: Path, form: str) -> None:
    fill(tmp_path)
    with opened(tmp_path) as journal:
        exports.write(journal, form)
    path = tmp_path / f"audio_vectors.{form}"
    if form == "json":
        found = {key: rows[0] for key, rows in json.loads(path.read_text("utf-8")).items()}
    elif form == "npz":
        with np.load(path) as arrays:
            found = dict(zip(arrays["keys"].tolist(), arrays["vectors"], strict=True))
    else:
        parquet = pytest.importorskip("pyarrow.parquet")
        rows = parquet.read_table(path).to_pylist()
        assert {key: rows[0][key] for key in asdict(FACTS)} == asdict(FACTS)
        found = {row["key"]: row["vector"] for row in rows}
    assert list(found) == ["url 0", "url 1", "url 2"]
    for number, row in enumerate(found.values()):
        np.testing.assert_array_equal(np.float32(row), vector(number).vector)
    assert list(tmp_path.glob("*.part")) == []


def test_what_is_told_of_each_record_lies_beside_the_vectors(tmp_path: Path) -> None:
    fill(tmp_path)
    with opened(tmp_path) as journal:
        exports.write(journal, "json")
    told = json.loads((tmp_path / "audio_process.json").read_text("utf-8"))
    assert told["url 1"] == asdict(FACTS)
    assert json.loads((tmp_path / "audio_fail.json").read_text("utf-8")) == {"bad": {"reason": "404"}}


def test_the_results_are_whole_json_whatever_their_keys(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        exports.write(journal, "json")
        assert json.loads((tmp_path / "audio_vectors.json").read_text()) == {}
        journal.add(vector(1), 'https://пример.рф/"a"\n', FACTS)
        exports.write(journal, "json")
    found = json.loads((tmp_path / "audio_vectors.json").read_text("utf-8"))
    np.testing.assert_array_equal(np.float32(found['https://пример.рф/"a"\n'][0]), vector(1).vector)
