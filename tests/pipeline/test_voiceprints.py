from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.audio.wav import write_wav
from app.audio.waveform import Sound, Span, Waveform
from app.documents.diarization import Diarization, Turn
from app.documents.transcript import Segment, Transcript
from app.engines.compute.device import Priority
from app.engines.diarization import DiarizeOptions, KnownVoice
from app.engines.pooling import Vector
from app.errors import BadInput, NotFound
from app.pipeline.recording import Recording
from app.pipeline.voiceprints import alone, names_of, voice_called
from app.progress import Progress

A, B = "Speaker 1", "Speaker 2"
TURNS = (Turn(0.0, 6.0, A), Turn(5.0, 12.0, B), Turn(20.0, 23.0, A))


class Loudness:
    """Tells voices apart by how loud they are: what is known of the sound is known of the voice."""

    name = identity = "loudness"
    voice_model = "loudness"

    def diarize(self, *_: object) -> tuple[Turn, ...]:
        raise NotImplementedError

    def voice(
        self,
        sound: Sound,
        spans: Sequence[Span],
        progress: Progress,
        *,
        least_s: float,
        priority: Priority = Priority.BATCH,
    ) -> Vector | None:
        if sum(span.duration_s for span in spans) < least_s:
            return None
        loud = np.mean([np.abs(sound.cut(span.start, span.end).samples).mean() for span in spans])
        progress(1.0)
        return np.array([np.cos(3 * loud), np.sin(3 * loud)], np.float32)


def sound() -> Waveform:
    samples = np.zeros(30 * 16_000, np.float32)
    for turn in TURNS:
        samples[int(turn.start * 16_000) : int(turn.end * 16_000)] += 0.1 if turn.speaker == A else 0.5
    return Waveform(samples[None], 16_000)


def recording(folder: Path) -> Recording:
    write_wav(folder / "speech.wav", sound())
    segments = (Segment(0.0, 6.0, "a", A), Segment(6.0, 12.0, "b", "Борис"), Segment(20.0, 23.0, "a", A))
    transcript = Transcript(segments, "ru", "an engine", 30.0)
    told = Diarization(TURNS, "a diarizer")
    return Recording(
        "a", folder, folder, speech=folder / "speech.wav", transcript=transcript, diarization=told
    )


def test_what_two_say_at_once_belongs_to_nobody() -> None:
    assert [*alone([Span(0.0, 12.0), Span(20.0, 23.0)], TURNS)] == [
        Span(0.0, 5.0),
        Span(6.0, 12.0),
        Span(20.0, 23.0),
    ]
    assert [*alone([Span(5.2, 5.8)], TURNS)] == []
    assert [*alone([Span(1.0, 2.0)], ())] == [Span(1.0, 2.0)]


def test_the_voice_of_a_name_is_remembered_and_known_again(tmp_path: Path) -> None:
    heard, diarizer = recording(tmp_path), Loudness()
    vector = voice_called(heard, {"Борис"}, diarizer, "Борис")
    known = [KnownVoice("Борис", vector, "loudness"), KnownVoice("Вера", vector, "another model")]
    seen: list[float] = []
    assert names_of(sound(), TURNS, known, diarizer, seen.append) == {B: "Борис"}
    assert seen == sorted(seen)
    assert names_of(sound(), TURNS, known[1:], diarizer, lambda _: None) == {}


def test_who_speaks_too_shortly_or_without_sound_is_not_remembered(tmp_path: Path) -> None:
    heard = recording(tmp_path)
    with pytest.raises(BadInput, match="Вера speaks too shortly"):
        voice_called(heard, {"Вера"}, Loudness(), "Вера")
    with pytest.raises(NotFound):
        voice_called(replace(heard, speech=tmp_path / "gone.wav"), {A}, Loudness(), A)
    assert DiarizeOptions().max_speakers == 20
