from pathlib import Path

import pytest

from app.errors import BadInput, NotFound
from app.training.corpus.labels import Label, accept, read_labels, sound_of, write_labels

LABELS = [Label("one", "раз", "раз"), Label("two", "два", "два")]


def test_labels_survive_their_file_and_what_was_heard_stays(tmp_path: Path) -> None:
    write_labels(tmp_path, LABELS)
    assert read_labels(tmp_path) == LABELS
    assert accept(tmp_path, "two", "Два.\nИ три | четыре") == Label("two", "два", "Два. И три четыре", True)
    assert read_labels(tmp_path) == [LABELS[0], Label("two", "два", "Два. И три четыре", True)]


def test_a_table_of_ljspeech_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text('LJ1|He said "5"|He said "five"\nLJ2|Two\n\n', encoding="utf-8")
    assert read_labels(tmp_path) == [
        Label("LJ1", 'He said "5"', 'He said "five"'), Label("LJ2", "Two", "Two")
    ]  # fmt: skip


def test_what_is_unknown_or_empty_changes_nothing(tmp_path: Path) -> None:
    write_labels(tmp_path, LABELS)
    with pytest.raises(NotFound):
        accept(tmp_path, "three", "Three")
    with pytest.raises(BadInput):
        accept(tmp_path, "one", " . ")
    with pytest.raises(NotFound):
        sound_of(tmp_path, "../metadata")
    assert read_labels(tmp_path) == LABELS
    assert read_labels(tmp_path / "nowhere") == []
