from dataclasses import replace
from pathlib import Path

from app.documents.minutes import Point
from app.documents.transcript import Segment, Transcript
from app.engines.base import Summarizer, Transcriber, VoiceDetector
from app.engines.compute.device import Device
from app.engines.extractive import Extractive
from app.pipeline.change import Change
from app.pipeline.corrections import load, save
from app.pipeline.recording import Recording
from app.pipeline.stages.summarize import summarize
from app.progress import Progress
from app.summarization.translation import UNTRANSLATED


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


def test_one_section_is_written_anew_and_the_others_stay_as_a_person_wrote_them(tmp_path: Path) -> None:
    line = "Решили купить два новых принтера для бухгалтерии."
    transcript = Transcript((Segment(3.0, 6.0, line),), "ru", "test", 7.0)
    recording = Recording("планёрка.mp3", Path("source"), tmp_path, transcript=transcript)
    heard = summarize(recording, OnlySummarizer(), lambda done: None)
    assert heard.minutes
    own = replace(heard.minutes, summary=(Point("Моё.", 3.0),), decisions=(Point("Моё решение.", 3.0),))
    assert save(heard, 0, Change({}, own))
    asked = Change({}, drop_minutes=True, replaced=heard.minutes, anew=("decisions",))
    assert save(heard, 1, asked)
    done = summarize(replace(heard, minutes=None), OnlySummarizer(), lambda done: None)
    assert done.minutes
    assert [one.text for one in done.minutes.summary] == ["Моё."]
    assert [one.text for one in done.minutes.decisions] == [line]
    assert load(done).own_sections == {"summary"}


def test_without_a_model_another_language_is_that_of_the_form_and_the_minutes_say_so(tmp_path: Path) -> None:
    transcript = Transcript((Segment(3.0, 6.0, "Решили купить два принтера."),), "ru", "test", 7.0)
    recording = Recording("a.mp3", Path("source"), tmp_path, transcript=transcript)
    heard = summarize(recording, OnlySummarizer(), lambda done: None)
    assert save(heard, 0, Change({}, drop_minutes=True, replaced=heard.minutes, language="en"))
    minutes = summarize(replace(heard, minutes=None), OnlySummarizer(), lambda done: None).minutes
    assert minutes
    assert heard.minutes
    assert (minutes.language, minutes.written_in, minutes.decisions) == ("ru", "en", heard.minutes.decisions)
    assert [one.message for one in minutes.remarks] == [UNTRANSLATED]
