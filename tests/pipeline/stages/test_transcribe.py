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


def test_the_sound_for_a_player_is_made_after_the_text_and_once(
    tmp_path: Path, engines: LocalEngines, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = replace(recording(tmp_path, silence(3)), text_first=True)
    there: list[bool] = []

    def look(done: float) -> None:
        there.append((tmp_path / "listen.mp3").exists())

    transcribe(meeting, engines, look)
    assert there[0] is False
    made = (tmp_path / "listen.mp3").stat()
    transcribe(meeting, engines, look)
    assert (tmp_path / "listen.mp3").stat() == made, "what was there before a kill is not made again"
    (tmp_path / "listen.mp3").unlink()
    monkeypatch.setattr("app.pipeline.playback.KBIT_S", 7)  # ffmpeg refuses that
    assert transcribe(meeting, engines, look).transcript, "the text does not hang on it"


def test_who_reads_why_there_is_no_text_can_listen(tmp_path: Path, engines: LocalEngines) -> None:
    meeting = replace(recording(tmp_path, russian(MEETING_RU[0]), "ru"), text_first=True)
    with pytest.raises(UnsupportedLanguage):
        transcribe(meeting, engines, lambda _: None)
    assert (tmp_path / "listen.mp3").exists()


def test_who_cancels_does_not_wait_for_the_sound(tmp_path: Path, engines: LocalEngines) -> None:
    meeting = replace(recording(tmp_path, silence(3)), text_first=True)

    def cancel(done: float) -> None:
        if done == 1.0:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        transcribe(meeting, engines, cancel)
    assert {path.name for path in tmp_path.iterdir()} <= {"speech.wav", "models"}


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
