from pathlib import Path

from app.documents.transcript import Segment, Transcript
from app.engines.base import Summarizer, Transcriber, VoiceDetector
from app.engines.compute.device import Device
from app.engines.extractive import Extractive
from app.pipeline.recording import Recording
from app.pipeline.stages.summarize import summarize
from app.progress import Progress


class OnlySummarizer:
    """Engines of which one is there."""

    device = Device()
    asked: str | None = None

    def voice_detector(self, progress: Progress) -> VoiceDetector:
        raise NotImplementedError

    def transcriber(self, language: str, progress: Progress, model: str = "auto") -> Transcriber:
        raise NotImplementedError

    def summarizer(self, language: str | None, progress: Progress) -> Summarizer:
        self.asked = language
        return Extractive()


def test_summarize_asks_for_the_transcripts_language_and_adds_the_minutes(tmp_path: Path) -> None:
    line = "Решили купить два новых принтера для бухгалтерии."
    transcript = Transcript((Segment(3.0, 6.0, line),), "ru", "test", 7.0)
    recording = Recording("планёрка.mp3", Path("source"), tmp_path, transcript=transcript)
    engines, seen = OnlySummarizer(), list[float]()
    done = summarize(recording, engines, seen.append)
    assert engines.asked == "ru"
    assert done.minutes is not None
    assert [(point.text, point.start) for point in done.minutes.decisions] == [(line, 3.0)]
    assert done.transcript is transcript
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
