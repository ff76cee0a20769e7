"""The stage that writes the minutes."""

from dataclasses import replace

from app.engines.base import SummarizeOptions
from app.engines.registry import Engines
from app.pipeline.recording import Recording
from app.progress import Progress


def summarize(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Write the minutes of a transcribed recording."""
    assert recording.transcript is not None, "transcribe runs before summarize"
    summarizer = engines.summarizer(recording.transcript.language, progress)
    minutes = summarizer.summarize(recording.transcript, SummarizeOptions(), progress)
    return replace(recording, minutes=minutes)
