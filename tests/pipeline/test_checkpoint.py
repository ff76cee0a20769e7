"""What was kept comes back whole and in order; what a kill has cut short is not there."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.pipeline import checkpoint
from app.pipeline.checkpoint import Checkpoint, file_identity

RECORDS = [b"", b"one\n", bytes(range(256)) * 40, "три".encode()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clean.checkpoint.part"


def opened(path: Path, kept: Callable[[], None] = lambda: None, **of: object) -> Checkpoint:
    return Checkpoint(path, {"engine": "an engine", **of}, kept)


def test_records_come_back_in_order_and_others_are_added(path: Path) -> None:
    first = opened(path)
    assert not first.resumed
    for record in RECORDS:
        first.add(record)
    again = opened(path)
    assert again.resumed
    again.add(b"more")
    assert list(opened(path).records()) == [*RECORDS, b"more"]


def test_work_that_came_to_no_record_is_begun_all_the_same(path: Path) -> None:
    opened(path)
    assert opened(path).resumed


def test_a_file_that_is_cut_anywhere_gives_what_is_whole_and_goes_on(path: Path) -> None:
    first = opened(path)
    ends = [path.stat().st_size]
    for record in RECORDS:
        first.add(record)
        ends.append(path.stat().st_size)
    whole = path.read_bytes()
    for n_bytes in {ends[0], *range(ends[0], ends[2] + 40), *(end - 1 for end in ends[1:]), ends[-1]}:
        path.write_bytes(whole[:n_bytes])
        n_whole = sum(end <= n_bytes for end in ends) - 1
        assert list(opened(path).records()) == RECORDS[:n_whole]
        opened(path).add(b"again")
        assert list(opened(path).records()) == [*RECORDS[:n_whole], b"again"]


def test_a_record_that_was_not_written_as_it_was_meant_is_not_there(path: Path) -> None:
    first = opened(path)
    first.add(b"first")
    first.add(b"second")
    path.write_bytes(path.read_bytes().replace(b"second", bytes(6)))  # as a power cut leaves it
    assert list(opened(path).records()) == [b"first"]


@pytest.mark.parametrize("length", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x00"])
def test_a_length_that_cannot_be_is_the_end(path: Path, length: bytes) -> None:
    opened(path).add(b"first")
    with path.open("ab") as file:
        file.write(length + b"\x01\x02\x03\x04" + b"rest")
    assert list(opened(path).records()) == [b"first"]


def test_other_work_begins_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(path, model="base").add(b"by base")
    assert list(opened(path, model="small").records()) == []
    assert not opened(path, model="base").resumed, "what was dropped does not come back"
    opened(path, model="base").add(b"by base")
    monkeypatch.setattr(checkpoint, "FORMAT", checkpoint.FORMAT + 1)
    assert not opened(path, model="base").resumed


@pytest.mark.parametrize("spoilt", [b"", b"\n", b"{}", b"\x00" * 5000])
def test_a_file_that_is_none_of_ours_is_begun_anew(path: Path, spoilt: bytes) -> None:
    path.write_bytes(spoilt)
    first = opened(path)
    assert not first.resumed
    first.add(b"first")
    assert list(opened(path).records()) == [b"first"]


def test_a_state_takes_the_place_of_those_before_it(path: Path) -> None:
    first = opened(path)
    for number in range(50):
        first.replace(str(number).encode())
    assert list(opened(path).records()) == [b"49"]
    assert path.stat().st_size < 200


def test_what_is_safe_is_told_but_not_for_each_of_many(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, told = 100.0, list[float]()
    monkeypatch.setattr("app.pipeline.checkpoint.time.monotonic", lambda: now)
    first = opened(path, lambda: told.append(now))
    for _ in range(50):  # ten seconds
        first.add(b"record")
        now += 0.2
    assert told[0] == 100.0, "the first at once: a short life gets on too"
    assert len(told) == pytest.approx(10, abs=1)


def test_another_file_of_the_same_name_is_another(tmp_path: Path) -> None:
    sound = tmp_path / "speech.wav"
    sound.write_bytes(b"RIFF")
    one = file_identity(sound)
    sound.write_bytes(b"RIFF and more")
    two = file_identity(sound)
    os.utime(sound, (1.0, 1.0))
    assert len({one, two, file_identity(sound)}) == 3
