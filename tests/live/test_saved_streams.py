"""Whose saved streams are whose, who writes them, and when they are gone."""

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.audio.limits import Limits
from app.config import Config
from app.jobs.folders import Folders
from app.live.saved_streams import SavedStreams
from tests.live.acting import said

SECOND = np.full(16_000, 0.1, np.float32)


def test_a_client_that_comes_back_goes_on_where_it_heard_last(streams: SavedStreams) -> None:
    taken: list[str] = []
    first = streams.record("anna", None, 0.0, lambda: taken.append("first"))
    for _ in range(4):
        first.add(SECOND)
    first.save([said("one", 0.2, 1.0)], "an engine")
    first.save([said("two, of which the client never heard", 1.5, 3.0)], "an engine")
    again = streams.record("anna", first.recording, 1.2, lambda: None)
    assert taken == ["first"]
    assert again.recording == first.recording
    first.add(SECOND)  # the old socket does not know yet
    first.save([said("three", 3.0, 4.0)], "an engine")
    again.add(SECOND)
    again.save([said("two", 1.5, 2.2)], "an engine")
    streams.close(first)
    streams.close(again)
    [saved] = streams.of("anna")
    assert [(s.start, s.text) for s in saved.transcript().segments] == [(0.2, "one"), (1.5, "two")]
    assert saved.duration_s() == pytest.approx(2.2)


def test_a_stream_that_goes_on_knows_its_voices_and_after_a_restart_takes_new_numbers(
    streams: SavedStreams,
) -> None:
    first = streams.record("anna", None, 0.0, lambda: None)
    voices = streams.speakers(first, lambda _: None)
    first.add(SECOND)
    first.save([replace(said("one", 0.2, 1.0), speaker="Speaker 1")], "an engine")
    again = streams.record("anna", first.recording, 1.0, lambda: None)
    assert streams.speakers(again, lambda _: None) is voices
    streams.close(again)
    [saved] = streams.of("anna")
    assert [segment.speaker for segment in saved.transcript().segments] == ["Speaker 1"]
    restarted = SavedStreams(saved.folder.parent, Limits(disk_reserve_bytes=0))
    going_on = restarted.record("anna", first.recording, 1.0, lambda: None)
    fresh = restarted.speakers(going_on, lambda samples: samples[:2])
    assert fresh.speaker(SECOND) == "Speaker 2"
    restarted.close(going_on)


def test_nobody_finds_what_is_anothers_or_has_a_strange_name(streams: SavedStreams) -> None:
    recorder = streams.record("anna", None, 0.0, lambda: None)
    assert streams.of("anna") == []  # it is open
    streams.close(recorder)
    assert [saved.recording for saved in streams.of("anna")] == [recorder.recording]
    for owner, recording in (("boris", recorder.recording), ("", recorder.recording), ("anna", "../etc")):
        assert streams.find(owner, recording) is None
    another = streams.record("boris", recorder.recording, 0.0, lambda: None)
    assert another.recording != recorder.recording
    streams.close(another)
    saved = streams.find("anna", recorder.recording)
    assert saved is not None
    streams.remove(saved)
    assert streams.of("anna") == []


def test_the_janitor_takes_what_nobody_came_back_for(tmp_path: Path) -> None:
    config = Config(_env_file=None, uploads_dir=tmp_path / "uploads", results_dir=tmp_path / "results")  # type: ignore[call-arg]
    folders = Folders(config)
    streams = SavedStreams(folders.incoming, Limits(disk_reserve_bytes=0))
    old, young = (streams.record("anna", None, 0.0, lambda: None) for _ in range(2))
    for recorder in (old, young):
        streams.close(recorder)
    saved = streams.find("anna", old.recording)
    assert saved is not None
    for path in (*saved.folder.iterdir(), saved.folder):
        os.utime(path, (0, 0))
    folders.drop_stale_uploads(older_than=time.time() - 3600)
    assert [saved.recording for saved in streams.of("anna")] == [young.recording]
