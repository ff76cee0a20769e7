"""A stream is saved while it goes on."""

from pathlib import Path

import numpy as np

from app.audio.limits import Limits
from app.live.events import HeardUpTo, Warn
from app.live.saved_streams import SavedStreams

SECOND = np.full(16_000, 0.1, np.float32)


def test_heard_is_told_when_its_sound_is_on_the_disk(streams: SavedStreams) -> None:
    recorder = streams.record("anna", None, 0.0, lambda: None)
    recorder.add(SECOND[:100])
    recorder.save([HeardUpTo(0.0)], "an engine")
    saved = streams.find("anna", recorder.recording)
    assert saved is not None
    assert saved.duration_s() == 100 / 16_000
    streams.close(recorder)


def test_a_half_written_line_and_a_full_disk_leave_a_whole_beginning(tmp_path: Path) -> None:
    streams = SavedStreams(tmp_path, Limits(max_duration_s=2, disk_reserve_bytes=0))
    recorder = streams.record("anna", None, 0.0, lambda: None)
    for _ in range(3):
        recorder.add(SECOND)
    [warning] = recorder.save([HeardUpTo(3.0)], "an engine")
    assert isinstance(warning, Warn)
    assert (warning.code, "not kept" in warning.message) == ("not_kept", True)
    assert recorder.save([HeardUpTo(3.0)], "an engine") == []
    streams.close(recorder)
    saved = streams.find("anna", recorder.recording)
    assert saved is not None
    assert saved.duration_s() == 2
    with (saved.folder / "text.jsonl").open("a") as file:
        file.write('{"type": "fin')
    assert saved.transcript().segments == ()
