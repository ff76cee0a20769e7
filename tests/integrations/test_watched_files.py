"""What of a folder is a recording, and when it has stopped growing."""

import os
from pathlib import Path

from app.integrations.watched_files import Settled, WatchedFile, recordings

NOW_S = 1000.0


def put(folder: Path, name: str, content: bytes = b"sound") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def found(folder: Path) -> list[str]:
    return sorted(file.place.as_posix() for file in recordings(folder))


def test_recordings_are_found_in_every_folder_but_those_of_ours(tmp_path: Path) -> None:
    for name in ("a.mp4", "Ю.WAV", "team/b.m4a", "team/done/c.ogg", "done/d.mp4", "failed/e.mp4"):
        put(tmp_path, name)
    assert found(tmp_path) == ["a.mp4", "team/b.m4a", "team/done/c.ogg", "Ю.WAV"]


def test_what_is_no_recording_is_left_alone(tmp_path: Path) -> None:
    for name in ("chat.txt", ".hidden.mp4", ".sync/a.mp4", "call.mp4.part", "call.mp4.crdownload", "noname"):
        put(tmp_path, name)
    put(tmp_path, "nothing yet.mp4", b"")
    secret = put(tmp_path.parent, "secret.mp4")
    (tmp_path / "link.mp4").symlink_to(secret)
    (tmp_path / "away").symlink_to(tmp_path.parent)
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "folder.mp4").mkdir()
    assert found(tmp_path) == []


def looked(folder: Path) -> list[WatchedFile]:
    return [*recordings(folder)]


def test_a_file_is_whole_once_it_has_not_changed_for_a_while(tmp_path: Path) -> None:
    path, settled = put(tmp_path, "a.mp4"), Settled(10)
    assert settled.of(looked(tmp_path), NOW_S) == []
    assert settled.of(looked(tmp_path), NOW_S + 9) == []
    path.write_bytes(b"more sound")
    assert settled.of(looked(tmp_path), NOW_S + 11) == [], "it has grown"
    os.utime(path, (1, 1))
    assert settled.of(looked(tmp_path), NOW_S + 20) == [], "it was written to, at the same size"
    (whole,) = settled.of(looked(tmp_path), NOW_S + 30)
    assert whole.path == path


def test_the_oldest_comes_first(tmp_path: Path) -> None:
    settled = Settled(10)
    for number, name in enumerate("cab"):
        os.utime(put(tmp_path, f"{name}.mp4"), (number, number))
    settled.of(looked(tmp_path), NOW_S)
    assert [file.name for file in settled.of(looked(tmp_path), NOW_S + 10)] == ["c.mp4", "a.mp4", "b.mp4"]


def test_another_content_or_place_is_another_job_and_the_same_one_is_not(tmp_path: Path) -> None:
    path = put(tmp_path, "a.mp4")
    (first,) = recordings(tmp_path)
    assert [file.job_id for file in recordings(tmp_path)] == [first.job_id]
    assert first.is_unchanged()
    path.write_bytes(b"another")
    (second,) = recordings(tmp_path)
    assert not first.is_unchanged()
    path.rename(tmp_path / "b.mp4")
    (third,) = recordings(tmp_path)
    assert not second.is_unchanged()
    assert len({first.job_id, second.job_id, third.job_id}) == 3


def test_a_name_that_is_no_text_is_a_name_all_the_same(tmp_path: Path) -> None:
    put(tmp_path, os.fsdecode(b"\xff\xfe.mp4"))
    (file,) = recordings(tmp_path)
    assert len(file.job_id) == 32
    assert file.name.encode().endswith(b".mp4")
