"""What is read back of a saved stream."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.documents.transcript import Word
from app.errors import StorageFull
from app.live.events import End
from app.live.saved_streams import SavedStreams
from tests.live.acting import said

SECOND = np.full(16_000, 0.1, np.float32)


def test_sound_and_text_come_back_as_a_transcript(streams: SavedStreams) -> None:
    recorder = streams.record("anna", None, 0.0, lambda: None)
    for _ in range(3):
        recorder.add(SECOND)
    recorder.save([said("Да", 0.1, 0.4, "ru")], "an engine")
    recorder.save([said("good morning", 1.0, 2.5)], "an engine")
    saved = streams.find("anna", recorder.recording)
    assert saved is not None
    assert not saved.ended
    recorder.save([End(3.0)], "an engine")
    streams.close(recorder)
    assert saved.ended
    transcript = saved.transcript()
    assert transcript.text == "Да good morning"
    assert (transcript.language, transcript.engine, transcript.duration_s) == ("en", "an engine", 3.0)
    assert transcript.segments[1].words == (Word(1.0, 2.5, "good morning", 0.5),)


def test_what_people_correct_while_it_goes_on_is_in_its_text(streams: SavedStreams) -> None:
    recorder = streams.record("anna", None, 0.0, lambda: None)
    for start, text in ((0.5, "the new orifice"), (2.25, "um"), (4.0, "opens in May")):
        recorder.save([said(text, start, start + 1)], "an engine")
        recorder.add(SECOND)
    saved = streams.find("anna", recorder.recording)
    assert saved
    assert not saved.is_corrected
    for start, text in ((0.5, "the new offices"), (0.5, "the new office"), (2.25, " "), (9.0, "not said")):
        saved.correct(start, text)
    assert saved.is_corrected
    transcript = saved.transcript()
    assert transcript.text == "the new office opens in May"
    first = transcript.segments[0]
    assert (first.start, first.end) == (0.5, 1.5)
    recorder.save([said("and then", 6.0, 7.0)], "an engine")
    assert saved.transcript().text.endswith("opens in May and then")
    streams.close(recorder)


def test_a_correction_that_a_kill_has_cut_is_left_out(streams: SavedStreams) -> None:
    recorder = streams.record("anna", None, 0.0, lambda: None)
    recorder.save([said("one", 0.5, 1)], "an engine")
    recorder.add(SECOND)
    saved = streams.find("anna", recorder.recording)
    assert saved
    saved.correct(0.5, "two")
    with (saved.folder / "corrections.jsonl").open("a") as file:
        file.write('{"start": 0.5, "te')
    assert saved.transcript().text == "two"
    streams.close(recorder)


def test_no_more_is_kept_than_people_can_have_changed(
    streams: SavedStreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.saved_stream.MAX_CORRECTIONS_BYTES", 60)
    recorder = streams.record("anna", None, 0.0, lambda: None)
    saved = streams.find("anna", recorder.recording)
    streams.close(recorder)
    assert saved
    saved.correct(0.5, "one")
    with pytest.raises(StorageFull, match="too often"):
        saved.correct(0.5, "a line that is longer")


def test_what_two_engines_heard_bears_both_names(streams: SavedStreams) -> None:
    recorder = streams.record("anna", None, 0.0, lambda: None)
    recorder.save([said("one", 0, 1)], "an engine")
    recorder.save([said("two", 1, 2)], "another")
    [saved] = [streams.find("anna", recorder.recording)]
    assert saved is not None
    assert saved.transcript().engine == "an engine, another"
    streams.close(recorder)


def test_a_stream_that_0_1_0_left_behind_goes_on_and_is_made_into_minutes(
    streams: SavedStreams, tmp_path: Path
) -> None:
    recording = "0123456789abcdef" * 2
    folder = tmp_path / "uploads/incoming" / f"live-{recording}"
    folder.mkdir(parents=True)
    (folder / "owner").write_text("anna", encoding="ascii")
    # A kill has left a header of one second over two seconds of sound, and half a line of text.
    form = (b"RIFF", 32_036, b"WAVE", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16, b"data", 32_000)
    header = struct.pack("<4sI4s4sIHHIIHH4sI", *form)
    (folder / "sound.wav").write_bytes(header + np.full(32_000, 3277, "<i2").tobytes())
    final = {
        "type": "final",
        "start": 0.2,
        "end": 0.9,
        "text": "good morning",
        "words": [{"start": 0.2, "end": 0.9, "text": "good morning", "probability": 0.5}],
        "language": "en",
        "doubtful": False,
        "heard": 1.0,
        "engine": "an engine",
    }
    (folder / "text.jsonl").write_text(json.dumps(final) + '\n{"type": "fi')
    [saved] = streams.of("anna")
    assert (saved.duration_s(), saved.transcript().text) == (2.0, "good morning")
    recorder = streams.record("anna", recording, 1.5, lambda: None)
    recorder.add(SECOND)
    recorder.save([said("all", 1.6, 2.4), End(2.5)], "an engine")
    with streams.taken("anna", recording) as taken:
        assert taken is not None
        assert taken.transcript().text == "good morning all"
        assert soundfile.info(taken.sound).duration == 2.5
    assert streams.of("anna") == []
