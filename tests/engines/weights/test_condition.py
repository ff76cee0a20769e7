"""What of some weights is on the disk, seen without reading it; and whether it is what was published."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from app.engines.weights import origin
from app.engines.weights.condition import check, condition, remove_damaged
from app.engines.weights.sources import Website, WeightFile, Weights
from app.errors import JobCancelled

BODY = b"weights" * 100
FILES = tuple(
    WeightFile(f"mini/{name}", hashlib.sha256(BODY).hexdigest(), len(BODY)) for name in ("a.bin", "b.bin")
)
MINI = Weights("mini", (Website(FILES, ("http://127.0.0.1:9/a", "http://127.0.0.1:9/b")),))


def put(models_dir: Path, **bodies: bytes) -> None:
    (models_dir / "mini").mkdir(exist_ok=True)
    for name, body in {"a": BODY, "b": BODY, **bodies}.items():
        (models_dir / f"mini/{name}.bin").write_bytes(body)


def test_nothing_then_a_part_then_all_of_it(tmp_path: Path) -> None:
    assert condition(MINI, tmp_path).state == "absent"
    (tmp_path / "mini").mkdir()
    (tmp_path / "mini/a.bin.part").write_bytes(BODY[:350])
    found = condition(MINI, tmp_path)
    assert (found.state, found.arrived) == ("partial", 0.25)
    put(tmp_path)
    assert condition(MINI, tmp_path).state == "unchecked", "put there by hand"


def test_what_was_fetched_is_checked_and_what_changed_since_is_not(tmp_path: Path) -> None:
    put(tmp_path)
    origin.write(MINI, MINI.sources[0], tmp_path)
    found = condition(MINI, tmp_path)
    assert (found.state, found.source) == ("checked", "127.0.0.1:9")
    later = time.time() + 60
    os.utime(tmp_path / "mini/a.bin", (later, later))
    assert condition(MINI, tmp_path).state == "unchecked"


def test_a_check_finds_each_damaged_file_and_it_alone_is_removed(tmp_path: Path) -> None:
    put(tmp_path, b=BODY[:-1] + b"?")
    told: list[float] = []
    assert check(MINI, tmp_path, told.append) == ("b.bin",)
    assert told == sorted(told)
    assert told[-1] == 1.0
    found = condition(MINI, tmp_path)
    assert found.state == "damaged"
    assert found.check
    assert found.check.damaged == ("b.bin",)
    remove_damaged(MINI, tmp_path)
    assert [path.name for path in sorted((tmp_path / "mini").glob("*.bin"))] == ["a.bin"]
    put(tmp_path)
    assert check(MINI, tmp_path, told.append) == ()
    assert condition(MINI, tmp_path).state == "checked"


def test_what_is_whole_is_never_removed(tmp_path: Path) -> None:
    put(tmp_path)
    remove_damaged(MINI, tmp_path)
    check(MINI, tmp_path, lambda _: None)
    remove_damaged(MINI, tmp_path)
    assert len(list((tmp_path / "mini").glob("*.bin"))) == 2


def test_a_check_can_be_left(tmp_path: Path) -> None:
    put(tmp_path)

    def leave(_: float) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        check(MINI, tmp_path, leave)
    assert condition(MINI, tmp_path).state == "unchecked"
