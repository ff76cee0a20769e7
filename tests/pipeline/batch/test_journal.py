"""The journal: nothing lost, nothing twice, one run at a time."""

from pathlib import Path

import numpy as np
import pytest

from app.engines.base import Embedding
from app.errors import BadInput, Conflict
from app.pipeline.batch.journal import JOURNAL, opened
from tests.pipeline.batch.filled import FACTS, fill, vector


def test_what_was_noted_is_read_again_as_it_was(tmp_path: Path) -> None:
    fill(tmp_path)
    with opened(tmp_path) as journal:
        done = list(journal.done())
        assert [one.key for one in done] == ["url 0", "url 1", "url 2"]
        np.testing.assert_array_equal(done[1].vector, vector(1).vector)
        assert done[1].facts == FACTS
        assert [failed.reason for failed in journal.failures()] == ["404"]


def test_a_journal_cut_at_any_byte_keeps_every_whole_line(tmp_path: Path) -> None:
    fill(tmp_path)
    path = tmp_path / JOURNAL
    whole = path.read_bytes()
    for cut in range(0, len(whole), 7):
        path.write_bytes(whole[:cut])
        with opened(tmp_path) as journal:
            assert len(journal) == whole[:cut].count(b"\n")
            journal.add(vector(9), "new", FACTS)
        with opened(tmp_path) as journal:
            assert len(journal) == whole[:cut].count(b"\n") + 1
            assert [one.key for one in journal.done()][-1] == "new"


def test_two_runs_at_once_do_not_write_one_folder(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(Conflict, match="Another run"), opened(tmp_path):
        pass
    with opened(tmp_path):
        pass  # and the lock ends with its holder


def test_vectors_of_two_kinds_do_not_mix(tmp_path: Path) -> None:
    fill(tmp_path)
    with opened(tmp_path) as journal, pytest.raises(BadInput, match="cannot be compared"):
        journal.add(Embedding(vector(0).vector, "an engine", "mean"), "other", FACTS)
