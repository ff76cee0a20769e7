from pathlib import Path

import pytest

from app.audio.atomic import atomic_write


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "minutes.json"
    with atomic_write(target) as part:
        part.write_text("{}")
        assert not target.exists()
    assert target.read_text() == "{}"
    assert list(tmp_path.iterdir()) == [target]


def test_what_breaks_off_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    target = tmp_path / "minutes.json"
    target.write_text("old")

    def broken(part: Path) -> None:
        part.write_text("half")
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"), atomic_write(target) as part:
        broken(part)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_writer_that_wrote_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_write(tmp_path / "minutes.json"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_several_processes_may_write_one_file_at_once(tmp_path: Path) -> None:
    target = tmp_path / "messages.mo"
    with atomic_write(target, shared=True) as first, atomic_write(target, shared=True) as second:
        first.write_text("whole")
        second.write_text("whole too")
    assert target.read_text() == "whole", "the last has its way"
    assert list(tmp_path.iterdir()) == [target]
