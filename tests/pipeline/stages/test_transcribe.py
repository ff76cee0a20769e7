from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.audio.wav import write_wav
from app.audio.waveform import Waveform
from app.config import Config
from app.engines.registry import LocalEngines
from app.errors import EngineUnavailable, JobCancelled, UnsupportedLanguage
from app.pipeline.recording import Recording
from app.pipeline.stages.transcribe import transcribe
from tests.speech import MEETING, MEETING_RU, english, joined, russian, silence, word_error_rate
from tests.tiny_whisper import MEETING_RU as MEETING_SCRIPT
from tests.tiny_whisper import scripted_whisper


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[LocalEngines]:
    engines = LocalEngines(Config(_env_file=None, models_dir=tmp_path / "models", max_fetch_bytes=0))
    yield engines
    engines.close()


def recording(folder: Path, sound: Waveform, language: str = "auto") -> Recording:
    path = folder / "speech.wav"
    write_wav(path, sound)
    return Recording("meeting.mp4", folder / "source", folder, language, speech=path)


def test_a_meeting_becomes_its_transcript(tmp_path: Path, engines: LocalEngines) -> None:
    sound = joined(*(part for text in MEETING for part in (silence(2), english(text))))
    done: list[float] = []
    transcript = transcribe(recording(tmp_path, sound), engines, done.append).transcript
    assert transcript is not None
    assert word_error_rate(" ".join(MEETING), transcript.text) < 0.15
    assert transcript.language == "en"
    assert transcript.duration_s == pytest.approx(sound.duration_s)
    assert len(transcript.segments) >= len(MEETING)
    assert transcript.segments[0].start == pytest.approx(2, abs=0.4)
    assert done == sorted(done)
    assert done[-1] == pytest.approx(1.0)


def test_a_recording_without_speech_has_no_words_and_needs_no_recognizer(
    tmp_path: Path, engines: LocalEngines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "transcriber", None)
    transcript = transcribe(recording(tmp_path, silence(40), "ru"), engines, lambda _: None).transcript
    assert transcript is not None
    assert transcript.segments == ()
    assert transcript.language is None
    assert transcript.engine == "Silero VAD"
    assert transcript.duration_s == 40


@pytest.mark.parametrize(("language", "error"), [("ru", UnsupportedLanguage), ("auto", EngineUnavailable)])
def test_russian_without_whisper_ends_with_the_command_that_gets_it(
    tmp_path: Path, engines: LocalEngines, language: str, error: type[Exception]
) -> None:
    meeting = recording(tmp_path, russian(MEETING_RU[0]), language)
    with pytest.raises(error, match="flask models fetch faster-whisper-"):
        transcribe(meeting, engines, lambda _: None)


def test_a_cancelled_job_stops_within_the_stage(tmp_path: Path, engines: LocalEngines) -> None:
    def cancel(done: float) -> None:
        if done > 0.03:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        transcribe(recording(tmp_path, english(MEETING[0])), engines, cancel)


def test_whisper_in_the_models_folder_hears_any_language(tmp_path: Path, engines: LocalEngines) -> None:
    scripted_whisper(tmp_path / "models/whisper/another.pt", (), "ru")
    scripted_whisper(tmp_path / "models/whisper/scripted.pt", MEETING_SCRIPT, "ru")
    meeting = recording(tmp_path, joined(*(russian(text) for text in MEETING_RU)))
    meeting = replace(meeting, model="scripted")
    transcript = transcribe(meeting, engines, lambda _: None).transcript
    assert transcript is not None
    assert transcript.language == "ru"
    assert transcript.engine == "openai-whisper scripted"
    assert "Решили арендовать" in transcript.text
