from pathlib import Path

import pytest

from app.errors import Conflict
from app.pipeline.batch import exports
from app.pipeline.batch.adopt import adopt
from app.pipeline.batch.journal import JOURNAL, opened
from tests.pipeline.batch.filled import fill


def test_results_without_their_journal_are_taken_over(tmp_path: Path) -> None:
    fill(tmp_path)
    with opened(tmp_path) as journal:
        exports.write(journal, "json")
    before = (tmp_path / "audio_vectors.json").read_bytes()
    (tmp_path / JOURNAL).unlink()
    with opened(tmp_path) as journal:
        assert adopt(journal) == 3
        exports.write(journal, "json")
    assert (tmp_path / "audio_vectors.json").read_bytes() == before


def test_a_foreign_file_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "audio_vectors.json").write_text('{"a": [1, 2]}')
    with opened(tmp_path) as journal, pytest.raises(Conflict, match="not made by this program"):
        adopt(journal)
