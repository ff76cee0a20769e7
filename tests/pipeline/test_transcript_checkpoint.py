"""A killed transcription goes on after what was heard, and comes to the same text."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.audio.wav import write_wav
from app.documents.transcript import Segment, Word
from app.engines.base import Heard
from app.engines.whisper.openai_model import OpenAIWhisper
from app.pipeline import artifacts
from app.pipeline.checkpoint import checkpoint_path
from app.pipeline.recording import Recording
from app.pipeline.stages.transcribe import READY, transcribe
from app.pipeline.transcript_checkpoint import (
    TAIL_RECORDS,
    HeardSoFar,
    TranscriptCheckpoint,
    heard_so_far,
)
from tests.pipeline.killed_transcriber import engines, recording
from tests.speech import MEETING_RU, joined, russian, silence
from tests.tiny_whisper import MEETING_RU as SCRIPT
from tests.tiny_whisper import scripted_whisper

pytestmark = pytest.mark.slow

TOP = Path(__file__).parents[2]
FIRST = Heard(28.0, (Segment(1.0, 2.0, "Да.", words=(Word(1.0, 2.0, "Да."),)),), {"ru": 20.5}, {"ru": 28.0})
SECOND = Heard(50.0, (Segment(30.0, 31.0, "yes"),), {"ru": 20.5, "en": 9.0}, {"ru": 28.0, "en": 22.0})
BOTH = replace(SECOND, segments=FIRST.segments + SECOND.segments)


def checkpoint(folder: Path, language: str = "auto") -> TranscriptCheckpoint:
    speech = folder / "speech.wav"
    if not speech.exists():
        speech.write_bytes(b"RIFF")
    return TranscriptCheckpoint(Recording("a.wav", speech, folder, language, speech=speech))


def test_what_was_heard_comes_back_whole_and_in_order(tmp_path: Path) -> None:
    first = checkpoint(tmp_path)
    assert first.resume("an engine") == Heard()
    first.add(FIRST)
    assert checkpoint(tmp_path).resume("an engine") == FIRST
    first.add(SECOND)
    assert checkpoint(tmp_path).resume("an engine") == BOTH


@pytest.mark.parametrize("changed", ["engine", "language", "sound"])
def test_what_another_engine_heard_or_of_another_sound_is_not_used(tmp_path: Path, changed: str) -> None:
    first = checkpoint(tmp_path)
    first.resume("an engine")
    first.add(FIRST)
    if changed == "sound":
        os.utime(tmp_path / "speech.wav", (1.0, 1.0))
    again = checkpoint(tmp_path, "ru" if changed == "language" else "auto")
    assert again.resume("another" if changed == "engine" else "an engine") == Heard()
    assert again.resume("another" if changed == "engine" else "an engine") == Heard()


def test_the_latest_that_is_heard_can_be_read_while_the_work_goes_on(tmp_path: Path) -> None:
    assert heard_so_far(tmp_path, 5) == HeardSoFar()
    kept = checkpoint(tmp_path)
    kept.resume("an engine")
    assert heard_so_far(tmp_path, 5) == HeardSoFar()
    kept.add(FIRST)
    kept.add(SECOND)
    with checkpoint_path(tmp_path, "transcribe").open("ab") as file:
        file.write(bytes([90, 0, 0, 0, 1, 2, 3, 4]) + b'{"until_s": 60.0, "segm')  # is being written
    assert heard_so_far(tmp_path, 5) == HeardSoFar(BOTH.segments, "ru")
    assert heard_so_far(tmp_path, 1) == HeardSoFar(SECOND.segments, "ru")


def test_of_hours_no_more_is_read_than_of_minutes(tmp_path: Path) -> None:
    kept = checkpoint(tmp_path)
    kept.resume("an engine")
    for n in range(100):
        kept.add(Heard(28.0 * (n + 1), (Segment(28.0 * n, 28.0 * n + 20, "word"),), {}, {"en": 28.0 * n}))
    found = heard_so_far(tmp_path, 1000).segments
    assert len(found) == TAIL_RECORDS
    assert found[-1].start == 28.0 * 99


def test_a_killed_transcription_repeats_at_most_a_batch_and_comes_to_the_same_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted_whisper(tmp_path / "models/whisper/scripted.pt", SCRIPT, "ru")
    said = joined(*(part for text in MEETING_RU for part in (silence(1), russian(text))))
    write_wav(tmp_path / "speech.wav", joined(*[said] * round(170 / said.duration_s)))
    command = [sys.executable, "-m", "tests.pipeline.killed_transcriber", str(tmp_path)]
    n_encoded = 0
    encode = OpenAIWhisper.encode

    def counted(self: OpenAIWhisper, *args: Any) -> Any:
        nonlocal n_encoded
        n_encoded += 1
        return encode(self, *args)

    assert subprocess.run([*command, "2"], cwd=TOP, check=False).returncode == -9
    monkeypatch.setattr(OpenAIWhisper, "encode", counted)
    loaded = engines(tmp_path)
    try:
        done: list[float] = []
        resumed = transcribe(recording(tmp_path), loaded, done.append)
        n_left, n_encoded = n_encoded, 0
        artifacts.save("transcribe", resumed)
        assert not checkpoint_path(tmp_path, "transcribe").exists(), "its work is done"
        whole = transcribe(recording(tmp_path), loaded, lambda _: None)
    finally:
        loaded.close()
    assert resumed.transcript == whole.transcript
    assert done == sorted(done)
    assert n_left < 2 * n_encoded / 3, "what was heard before the kill is not heard again"
    assert next(share for share in done if share > READY) > 0.5, "and its share is done from the start"
