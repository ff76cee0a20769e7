"""The stage that writes down what was said."""

from dataclasses import replace
from functools import partial

from app.audio.wav import WavFile
from app.documents.transcript import Transcript
from app.engines.base import Progress, TranscribeOptions
from app.engines.registry import Engines
from app.pipeline.recording import Recording

# Shares of the stage: finding the speech, and getting the engine, weights perhaps among it
DETECTED, READY = 0.02, 0.05


def transcribe(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Find the speech, then write it down. Silence reaches no recognizer, which would make words of it.

    A recording without speech gets a transcript without segments and language, made by the voice detector.
    """
    assert recording.speech is not None, "extract runs before transcribe"
    speech = WavFile(recording.speech)
    detector = engines.voice_detector()
    spans = detector.detect(speech, partial(_between, progress, 0.0, DETECTED))
    if not spans:
        silence = Transcript((), None, detector.name, speech.duration_s)
        return replace(recording, transcript=silence)
    transcriber = engines.transcriber(recording.language, partial(_between, progress, DETECTED, READY))
    transcript = transcriber.transcribe(
        speech,
        spans,
        TranscribeOptions(language=recording.language),
        partial(_between, progress, READY, 1.0),
    )
    return replace(recording, transcript=transcript)


def _between(progress: Progress, start: float, end: float, done: float) -> None:
    progress(start + (end - start) * done)
