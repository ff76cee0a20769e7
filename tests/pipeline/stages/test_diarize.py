from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.audio.limits import Limits
from app.audio.media import Media, Track
from app.audio.wav import write_wav
from app.audio.waveform import Waveform
from app.config import Config
from app.documents.diarization import Diarization, NotDiarized
from app.documents.transcript import Segment, Transcript
from app.engines.registry import LocalEngines
from app.errors import JobCancelled
from app.pipeline import run
from app.pipeline.recording import Recording
from app.pipeline.stages.diarize import FAILED, diarize
from tests.engines.tiny_diarizer import save_diarizer
from tests.making import syllables
from tests.speech import english, joined, silence


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    save_diarizer(folder)
    return folder


@pytest.fixture
def engines(models: Path) -> Iterator[LocalEngines]:
    engines = LocalEngines(Config(_env_file=None, models_dir=models, max_fetch_bytes=0))
    yield engines
    engines.close()


def transcribed(folder: Path, *segments: Segment, seconds: float = 12.0) -> Recording:
    speech = folder / "speech.wav"
    write_wav(speech, syllables(seconds))
    transcript = Transcript(segments, "en", "an engine", seconds)
    return Recording("a.wav", folder / "source", folder, speech=speech, transcript=transcript)


SAID = (Segment(1.0, 4.0, "One."), Segment(5.0, 9.0, "Two."))


def test_every_segment_gets_a_speaker(tmp_path: Path, engines: LocalEngines) -> None:
    seen: list[float] = []
    done = diarize(transcribed(tmp_path, *SAID), engines, seen.append)
    assert isinstance(done.diarization, Diarization)
    assert done.diarization.engine == "pyannote segmentation-3.0, CAM++"
    assert done.transcript is not None
    assert [segment.text for segment in done.transcript.segments] == ["One.", "Two."]
    assert {segment.speaker for segment in done.transcript.segments} <= set(done.diarization.speakers)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_a_job_that_goes_on_after_a_kill_has_its_speakers_without_computing(
    tmp_path: Path, engines: LocalEngines, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = transcribed(tmp_path, *SAID)
    done = run(("diarize",), before, engines, lambda *_: None)
    monkeypatch.setattr(engines, "diarizer", None)
    assert run(("diarize",), before, engines, lambda *_: None) == done


def test_the_number_that_was_said_is_kept(tmp_path: Path, engines: LocalEngines) -> None:
    done = diarize(replace(transcribed(tmp_path, *SAID), speakers="1"), engines, lambda _: None)
    assert isinstance(done.diarization, Diarization)
    assert done.diarization.speakers == ("Speaker 1",)


def test_where_nobody_speaks_there_is_nothing_to_do(tmp_path: Path) -> None:
    none = LocalEngines(Config(_env_file=None, models_dir=tmp_path / "none", max_fetch_bytes=0))
    assert diarize(transcribed(tmp_path), none, lambda _: None).diarization == Diarization((), "")


def test_without_weights_the_recording_goes_on_and_says_why(tmp_path: Path) -> None:
    before = transcribed(tmp_path, *SAID)
    none = LocalEngines(Config(_env_file=None, models_dir=tmp_path / "none", max_fetch_bytes=0))
    done = run(("diarize",), before, none, lambda *_: None)
    assert isinstance(done.diarization, NotDiarized)
    assert "flask models fetch diarization" in str(done.diarization)
    assert done.transcript == before.transcript
    none.close()


def test_a_fault_of_ours_costs_the_speakers_only(
    tmp_path: Path, engines: LocalEngines, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no kernel image is available")

    monkeypatch.setattr(engines.diarizer(lambda _: None), "diarize", broken, raising=True)
    done = diarize(transcribed(tmp_path, *SAID), engines, lambda _: None)
    assert done.diarization == NotDiarized(FAILED)
    assert "no kernel image" in caplog.text


def test_a_cancelled_job_stops(tmp_path: Path, engines: LocalEngines) -> None:
    def cancelled(_: float) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        diarize(transcribed(tmp_path, *SAID), engines, cancelled)


def test_of_a_call_with_a_voice_a_channel_each_channel_is_a_speaker(tmp_path: Path) -> None:
    first, second = english("Shall we begin with the budget?"), english("Yes, the figures are ready.")
    rate = first.sample_rate
    left = joined(first, silence(second.duration_s + 0.5)).mono()
    right = joined(silence(first.duration_s + 0.5), second).mono()
    n = min(len(left), len(right))
    write_wav(tmp_path / "source", Waveform(np.stack([left[:n], right[:n]]), rate))
    said = (
        Segment(0.0, first.duration_s, "Shall we begin?"),
        Segment(first.duration_s + 0.6, n / rate, "Yes."),
    )
    media = Media(n / rate, "wav", "pcm_s16le", rate, 2, tracks=(Track(0, 2),))
    none = LocalEngines(Config(_env_file=None, models_dir=tmp_path / "none", max_fetch_bytes=0))
    before = replace(transcribed(tmp_path, *said), media=media, limits=Limits(disk_reserve_bytes=0))
    done = diarize(before, none, lambda _: None)
    assert isinstance(done.diarization, Diarization), done.diarization
    assert done.diarization.engine == "Silero VAD, a voice a channel"
    assert done.transcript is not None
    assert [segment.speaker for segment in done.transcript.segments] == ["Speaker 1", "Speaker 2"]
    alone = diarize(replace(before, speakers="3"), none, lambda _: None)
    assert isinstance(alone.diarization, NotDiarized), "three are no two channels, and there are no weights"
    none.close()
