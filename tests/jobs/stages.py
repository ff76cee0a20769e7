"""Stages as plain functions that leave real artifacts."""

from dataclasses import replace
from typing import cast

from app.audio.media import Media
from app.documents.minutes import Minutes, Point
from app.documents.transcript import Segment, Transcript
from app.engines.base import Progress
from app.engines.registry import Engines
from app.pipeline import Stage
from app.pipeline.recording import Recording

NO_ENGINES = cast(Engines, None)  # these stages ask for none


def extract(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    progress(0.5)
    speech = recording.folder / "speech.wav"
    speech.write_bytes(recording.source.read_bytes())
    return replace(recording, media=Media(60.0, "wav", "pcm_s16le", 16000, 1), speech=speech)


def transcribe(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    progress(0.5)
    assert recording.speech is not None
    said = Segment(0.0, 2.0, recording.speech.read_text(encoding="utf-8"))
    return replace(recording, transcript=Transcript((said,), "ru", "a test", 60.0))


def summarize(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    progress(0.5)
    assert recording.transcript is not None
    point = Point(recording.transcript.text.upper(), 0.0)
    return replace(recording, minutes=Minutes("ru", "a test", decisions=(point,)))


STAGES: dict[str, Stage] = {"extract": extract, "transcribe": transcribe, "summarize": summarize}
