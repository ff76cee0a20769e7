"""The whole stage with the net that ships: from a broken file to what is heard, and cleaning after it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.audio.limits import Limits
from app.audio.wav import WavFile, write_wav
from app.audio.waveform import Samples, Waveform
from app.config import Config
from app.engines.registry import LocalEngines
from app.pipeline import STAGES, artifacts, run
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.pipeline.recording import Recording
from app.training.scores import metrics
from tests.making import syllables
from tests.tiny_demucs import RATE

SECONDS = 4.0


def broken() -> Waveform:
    """Speech with a lost packet five times a second."""
    speech = syllables(SECONDS)
    samples = speech.samples.copy()
    every, n = speech.sample_rate // 5, speech.sample_rate // 50
    for start in range(every, samples.shape[1] - n, every):
        samples[:, start : start + n] = 0
    return replace(speech, samples=samples)


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    write_wav(tmp_path / "source", broken())
    limits = Limits(disk_reserve_bytes=0)
    return Recording("meeting.wav", tmp_path / "source", tmp_path / "job", limits=limits)


def heard(path: Path | None) -> Samples:
    assert path is not None
    return WavFile(path).cut(0, SECONDS).mono()


def test_what_was_broken_is_nearer_to_what_was_said(recording: Recording, engines: LocalEngines) -> None:
    seen: list[float] = []
    extracted = run(("extract",), recording, engines, lambda *_: None)
    done = STAGES["repair"](extracted, engines, seen.append)
    assert isinstance(done.repaired, Cleaned)
    assert done.repaired.engine == "Konspekt repair"
    write_wav(recording.folder / "whole.wav", syllables(SECONDS))
    truth, before, after = (
        heard(path) for path in (recording.folder / "whole.wav", extracted.speech, done.speech)
    )
    if len(truth) != len(before):  # the test's own sound has another rate
        truth = np.interp(np.linspace(0, 1, len(before)), np.linspace(0, 1, len(truth)), truth)
    assert metrics.si_sdr(truth, after) > metrics.si_sdr(truth, before) + 1
    assert WavFile(done.repaired.mp3).duration_s == WavFile(done.repaired.original_mp3).duration_s
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_cleaning_takes_what_repair_left(recording: Recording, engines: LocalEngines) -> None:
    done = run(("extract", "repair", "clean"), recording, engines, lambda *_: None)
    assert isinstance(done.repaired, Cleaned)
    assert isinstance(done.cleaned, Cleaned)
    assert done.cleaned.original_mp3 == done.repaired.mp3
    assert done.cleaned.before == pytest.approx(done.repaired.after) or np.allclose(
        done.cleaned.before.peaks, done.repaired.after.peaks, atol=0.05
    )
    assert WavFile(done.cleaned.flac).sample_rate == RATE
    assert done.speech == recording.folder / "cleaned.wav"
    left = {path.name for path in done.folder.iterdir()}
    assert left == {
        *("speech.wav", "media.json", "listen.mp3", "waveform.json", "original.mp3"),
        *("repaired.flac", "repaired.mp3", "repaired.wav", "repair.json"),
        *("cleaned.flac", "cleaned.mp3", "cleaned.wav", "clean.json"),
    }


def test_both_are_kept_and_read_back(recording: Recording, engines: LocalEngines) -> None:
    first = run(("extract", "repair", "clean"), recording, engines, lambda *_: None)
    loaded: Recording | None = recording
    for stage in ("extract", "repair", "clean"):
        assert loaded is not None
        loaded = artifacts.load(stage, loaded)
    assert loaded == first
    assert artifacts.engine_of("repair", first) == "Konspekt repair"


def test_the_same_engine_does_not_clean_what_it_repaired(recording: Recording, tmp_path: Path) -> None:
    config = Config(_env_file=None, models_dir=tmp_path / "models", max_fetch_bytes=0)
    engines = LocalEngines(config)
    done = run(("extract", "repair", "clean"), recording, engines, lambda *_: None)
    engines.close()
    assert isinstance(done.cleaned, NotCleaned)
    assert "Konspekt repair" in str(done.cleaned)
    assert done.speech == recording.folder / "repaired.wav"


def test_a_net_that_is_spoilt_is_told_and_the_job_goes_on(recording: Recording, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "repair"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "weights.safetensors").write_bytes(b"")
    engines = LocalEngines(Config(_env_file=None, models_dir=tmp_path / "models", max_fetch_bytes=0))
    done = run(("extract", "repair"), recording, engines, lambda *_: None)
    engines.close()
    assert isinstance(done.repaired, NotCleaned)
    assert str(folder) in str(done.repaired)
    assert done.speech == recording.folder / "speech.wav"
    assert artifacts.load("repair", replace(done, repaired=None)) == done
