import os
import time
from pathlib import Path

import numpy as np
import pytest

from app.audio.limits import Limits
from app.config import Config
from app.documents.transcript import Word
from app.jobs.folders import Folders
from app.live.events import End, Final, HeardUpTo, Warn
from app.live.saved_streams import SavedStreams

SECOND = np.full(16_000, 0.1, np.float32)


@pytest.fixture
def streams(tmp_path: Path) -> SavedStreams:
    return SavedStreams(tmp_path / "uploads/incoming", Limits(disk_reserve_bytes=0))


def said(text: str, start: float, end: float, language: str = "en") -> Final:
    return Final(start, end, text, (Word(start, end, text, 0.5),), language, False, end)


def test_sound_and_text_come_back_as_a_transcript(streams: SavedStreams) -> None:
    keeping = streams.keep("anna", None, 0.0, lambda: None)
    for _ in range(3):
        keeping.add(SECOND)
    keeping.save([said("Да", 0.1, 0.4, "ru")], "an engine")
    keeping.save([said("good morning", 1.0, 2.5)], "an engine")
    kept = streams.find("anna", keeping.recording)
    assert kept is not None
    assert not kept.ended
    keeping.save([End(3.0)], "an engine")
    streams.close(keeping)
    assert kept.ended
    transcript = kept.transcript()
    assert transcript.text == "Да good morning"
    assert (transcript.language, transcript.engine, transcript.duration_s) == ("en", "an engine", 3.0)
    assert transcript.segments[1].words == (Word(1.0, 2.5, "good morning", 0.5),)


def test_a_client_that_comes_back_goes_on_where_it_heard_last(streams: SavedStreams) -> None:
    taken: list[str] = []
    first = streams.keep("anna", None, 0.0, lambda: taken.append("first"))
    for _ in range(4):
        first.add(SECOND)
    first.save([said("one", 0.2, 1.0)], "an engine")
    first.save([said("two, of which the client never heard", 1.5, 3.0)], "an engine")
    again = streams.keep("anna", first.recording, 1.2, lambda: None)
    assert taken == ["first"]
    assert again.recording == first.recording
    first.add(SECOND)  # the old socket does not know yet
    first.save([said("three", 3.0, 4.0)], "an engine")
    again.add(SECOND)
    again.save([said("two", 1.5, 2.2)], "an engine")
    streams.close(first)
    streams.close(again)
    [kept] = streams.of("anna")
    assert [(s.start, s.text) for s in kept.transcript().segments] == [(0.2, "one"), (1.5, "two")]
    assert kept.duration_s() == pytest.approx(2.2)


def test_what_two_engines_heard_bears_both_names(streams: SavedStreams) -> None:
    keeping = streams.keep("anna", None, 0.0, lambda: None)
    keeping.save([said("one", 0, 1)], "an engine")
    keeping.save([said("two", 1, 2)], "another")
    [kept] = [streams.find("anna", keeping.recording)]
    assert kept is not None
    assert kept.transcript().engine == "an engine, another"
    streams.close(keeping)


def test_heard_is_told_when_its_sound_is_on_the_disk(streams: SavedStreams) -> None:
    keeping = streams.keep("anna", None, 0.0, lambda: None)
    keeping.add(SECOND[:100])
    keeping.save([HeardUpTo(0.0)], "an engine")
    kept = streams.find("anna", keeping.recording)
    assert kept is not None
    assert kept.duration_s() == 100 / 16_000
    streams.close(keeping)


def test_a_half_written_line_and_a_full_disk_leave_a_whole_beginning(tmp_path: Path) -> None:
    streams = SavedStreams(tmp_path, Limits(max_duration_s=2, disk_reserve_bytes=0))
    keeping = streams.keep("anna", None, 0.0, lambda: None)
    for _ in range(3):
        keeping.add(SECOND)
    [warning] = keeping.save([HeardUpTo(3.0)], "an engine")
    assert isinstance(warning, Warn)
    assert (warning.code, "not kept" in warning.message) == ("not_kept", True)
    assert keeping.save([HeardUpTo(3.0)], "an engine") == []
    streams.close(keeping)
    kept = streams.find("anna", keeping.recording)
    assert kept is not None
    assert kept.duration_s() == 2
    with (kept.folder / "text.jsonl").open("a") as file:
        file.write('{"type": "fin')
    assert kept.transcript().segments == ()


def test_nobody_finds_what_is_anothers_or_has_a_strange_name(streams: SavedStreams) -> None:
    keeping = streams.keep("anna", None, 0.0, lambda: None)
    assert streams.of("anna") == []  # it is open
    streams.close(keeping)
    assert [kept.recording for kept in streams.of("anna")] == [keeping.recording]
    for owner, recording in (("boris", keeping.recording), ("", keeping.recording), ("anna", "../etc")):
        assert streams.find(owner, recording) is None
    another = streams.keep("boris", keeping.recording, 0.0, lambda: None)
    assert another.recording != keeping.recording
    streams.close(another)
    kept = streams.find("anna", keeping.recording)
    assert kept is not None
    streams.remove(kept)
    assert streams.of("anna") == []


def test_the_janitor_takes_what_nobody_came_back_for(tmp_path: Path) -> None:
    config = Config(_env_file=None, uploads_dir=tmp_path / "uploads", results_dir=tmp_path / "results")  # type: ignore[call-arg]
    folders = Folders(config)
    streams = SavedStreams(folders.incoming, Limits(disk_reserve_bytes=0))
    old, young = (streams.keep("anna", None, 0.0, lambda: None) for _ in range(2))
    for keeping in (old, young):
        streams.close(keeping)
    kept = streams.find("anna", old.recording)
    assert kept is not None
    for path in (*kept.folder.iterdir(), kept.folder):
        os.utime(path, (0, 0))
    folders.drop_stale_uploads(older_than=time.time() - 3600)
    assert [kept.recording for kept in streams.of("anna")] == [young.recording]
