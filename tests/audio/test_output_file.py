"""What a person names for output: devices, pipes, links and files of others stay what they are."""

import os
import threading
from pathlib import Path

import pytest

from app.audio.output_file import check_output, write_output
from app.errors import BadInput


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    path.write_bytes(b"RIFF")
    return path


def test_a_new_file_has_the_usual_rights_and_nothing_stands_beside_it(tmp_path: Path, source: Path) -> None:
    out = tmp_path / ("протокол " * 13 + ".txt")
    check_output(out, source, force=False)
    write_output(out, b"text", force=False)
    by_hand = tmp_path / "by hand"
    by_hand.touch()
    assert out.read_bytes() == b"text"
    assert out.stat().st_mode == by_hand.stat().st_mode
    assert {path.name for path in tmp_path.iterdir()} == {out.name, source.name, by_hand.name}


def test_who_comes_second_is_told(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    write_output(out, b"first", force=False)
    with pytest.raises(FileExistsError):
        write_output(out, b"second", force=False)
    assert out.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("name", ["there.txt", "linked.txt", "talk.wav", "same.wav", "folder", "no/out.txt"])
def test_what_would_take_something_away_is_refused_before_the_work(
    tmp_path: Path, source: Path, name: str
) -> None:
    (tmp_path / "there.txt").write_text("mine")
    (tmp_path / "linked.txt").symlink_to("there.txt")
    (tmp_path / "same.wav").hardlink_to(source)
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInput):
        check_output(tmp_path / name, source, force=name.endswith(("wav", "folder", "out.txt")))
    assert (tmp_path / "there.txt").read_text() == "mine"


def test_replacing_keeps_links_and_rights(tmp_path: Path, source: Path) -> None:
    there, alone = tmp_path / "there.txt", tmp_path / "alone.txt"
    for path in (there, alone):
        path.write_text("an old and longer text")
        path.chmod(0o640)
    (tmp_path / "hard.txt").hardlink_to(there)
    (tmp_path / "soft.txt").symlink_to("there.txt")
    for out in (tmp_path / "soft.txt", alone):
        check_output(out, source, force=True)
        write_output(out, b"new", force=True)
        assert out.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "soft.txt").is_symlink()
    assert (tmp_path / "hard.txt").read_bytes() == there.read_bytes() == alone.read_bytes() == b"new"


def test_devices_and_pipes_are_written_into(tmp_path: Path, source: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    for device in (pipe, Path("/dev/null")):
        check_output(device, source, force=False)
        write_output(device, b"text" * 50_000, force=False)
        assert not device.is_file()
    reader.join(30)
    assert read == [b"text" * 50_000]
    with pytest.raises(OSError, match="No space"):
        write_output(Path("/dev/full"), b"text", force=False)
