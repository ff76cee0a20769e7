"""A recording of a list is fetched and decoded once, also where a kill comes between."""

from pathlib import Path

import pytest

from app.audio.limits import Limits
from app.errors import BadInput
from app.pipeline.batch.prepare import prepare
from app.pipeline.batch.records import Record
from app.progress import Progress

RECORD = Record("http://a/b.mp4", "http://a/b.mp4")
LIMITS = Limits(disk_reserve_bytes=0)


def test_what_a_killed_run_has_decoded_is_not_fetched_again(tmp_path: Path, video: bytes) -> None:
    fetched: list[str] = []

    def fetch(url: str, target: Path, _: Progress) -> None:
        fetched.append(url)
        target.write_bytes(video)

    first = prepare(RECORD, tmp_path / "one", fetch, LIMITS, None, lambda _: None)
    again = prepare(RECORD, tmp_path / "one", fetch, LIMITS, None, lambda _: None)
    assert fetched == [RECORD.url]
    assert again.media == first.media
    assert again.speech.duration_s == first.speech.duration_s == pytest.approx(2, abs=0.1)
    assert {path.name for path in (tmp_path / "one").iterdir()} == {"speech.wav", "media.json"}
    (tmp_path / "one" / "media.json").unlink()  # the kill came between the two
    prepare(RECORD, tmp_path / "one", fetch, LIMITS, None, lambda _: None)
    assert len(fetched) == 2


def test_what_cannot_be_decoded_leaves_nothing_that_looks_ready(tmp_path: Path) -> None:
    def fetch(_: str, target: Path, __: Progress) -> None:
        target.write_bytes(b"<html>" * 100)

    for _ in range(2):
        with pytest.raises(BadInput):
            prepare(RECORD, tmp_path / "one", fetch, LIMITS, None, lambda _: None)
