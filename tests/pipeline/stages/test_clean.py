"""The whole stage with a tiny network of Demucs' real class: from a file that was sent to what is heard."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.audio.levels import N_PEAKS
from app.audio.limits import Limits
from app.audio.wav import WavFile, write_wav
from app.audio.waveform import Waveform
from app.config import Config
from app.engines.demucs.vocal_nets import VocalNets
from app.engines.registry import LocalEngines
from app.errors import JobCancelled, StorageFull
from app.pipeline import artifacts, run
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.pipeline.recording import Recording
from app.pipeline.stages.clean import clean
from tests.making import syllables
from tests.tiny_demucs import RATE


def recording(tmp_path: Path, seconds: float = 4.3, channels: int = 1) -> Recording:
    speech = syllables(seconds)
    stereo = np.repeat(speech.samples, channels, axis=0)
    write_wav(tmp_path / "source", Waveform(stereo, speech.sample_rate))
    return Recording(
        "meeting.wav", tmp_path / "source", tmp_path / "job", limits=Limits(disk_reserve_bytes=0)
    )


@pytest.mark.parametrize("channels", [1, 2])
def test_a_recording_is_cleaned_as_long_as_it_was(
    tmp_path: Path, engines: LocalEngines, channels: int
) -> None:
    seen: list[float] = []
    extracted = run(("extract",), recording(tmp_path, channels=channels), engines, lambda *_: None)
    done = clean(extracted, engines, seen.append)
    assert isinstance(done.cleaned, Cleaned)
    assert done.cleaned.engine == "Demucs htdemucs"
    flac = WavFile(done.cleaned.flac)
    assert flac.sample_rate == RATE
    assert flac.duration_s == pytest.approx(4.3, abs=0.001)
    assert flac.cut(0, 1).samples.shape == (channels, RATE)
    assert flac.cut(1, 3).samples.std() > 0
    assert WavFile(done.cleaned.mp3).duration_s == pytest.approx(4.3, abs=0.1)
    assert WavFile(done.cleaned.original_mp3).duration_s == WavFile(done.cleaned.mp3).duration_s
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_the_stages_after_it_hear_the_cleaned_speech(tmp_path: Path, engines: LocalEngines) -> None:
    extracted = run(("extract",), recording(tmp_path), engines, lambda *_: None)
    done = run(("extract", "clean"), extracted, engines, lambda *_: None)
    assert done.speech is not None
    assert extracted.speech is not None
    speech, before = WavFile(done.speech), WavFile(extracted.speech)
    assert (speech.sample_rate, round(speech.duration_s, 2)) == (16_000, 4.3)
    assert not np.allclose(speech.cut(0, 4).samples, before.cut(0, 4).samples, atol=1e-3)


def test_the_effect_is_measured_and_drawn(tmp_path: Path, engines: LocalEngines) -> None:
    done = run(("extract", "clean"), recording(tmp_path), engines, lambda *_: None)
    assert isinstance(done.cleaned, Cleaned)
    for survey in (done.cleaned.before, done.cleaned.after):
        assert len(survey.peaks) == N_PEAKS
        assert survey.levels.noise_db < survey.levels.speech_db


def test_nothing_but_what_is_kept_is_left(tmp_path: Path, engines: LocalEngines) -> None:
    done = run(("extract", "clean"), recording(tmp_path), engines, lambda *_: None)
    left = {path.name for path in done.folder.iterdir()}
    assert left == {
        *("speech.wav", "media.json", "listen.mp3", "waveform.json"),
        *("cleaned.flac", "cleaned.mp3", "original.mp3", "cleaned.wav", "clean.json"),
    }


def test_a_finished_cleaning_is_not_done_again(tmp_path: Path, engines: LocalEngines) -> None:
    first = run(("extract", "clean"), recording(tmp_path), engines, lambda *_: None)
    assert artifacts.load("clean", replace(first, cleaned=None, speech=None)) == first
    assert first.speech is not None
    first.speech.write_bytes(first.speech.read_bytes()[:-2])
    assert artifacts.load("clean", first) is None


def test_without_weights_the_job_goes_on_and_says_so(tmp_path: Path) -> None:
    config = Config(_env_file=None, models_dir=tmp_path / "models", max_fetch_bytes=0, separator="demucs")
    engines = LocalEngines(config)
    extracted = run(("extract",), recording(tmp_path), engines, lambda *_: None)
    done = run(("extract", "clean"), recording(tmp_path), engines, lambda *_: None)
    engines.close()
    assert isinstance(done.cleaned, NotCleaned)
    assert "flask models fetch demucs-htdemucs" in str(done.cleaned)
    assert done.speech == extracted.speech
    assert artifacts.load("clean", replace(done, cleaned=None)) == done
    assert artifacts.engine_of("clean", done) == ""


def cut_off(extracted: Recording, engines: LocalEngines, at: float) -> None:
    """Let the cleaning end in its middle, as a kill would end it."""

    def stop(done: float) -> None:
        if done > at:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        clean(extracted, engines, stop)


def sound_of(made: Recording) -> np.ndarray:
    assert isinstance(made.cleaned, Cleaned)
    return WavFile(made.cleaned.flac).cut(0, 60).samples


def test_a_cleaning_that_was_cut_off_goes_on_after_its_last_piece(
    tmp_path: Path, engines: LocalEngines, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = 0
    compute = VocalNets.vocals

    def counted(self: VocalNets, *args: Any) -> Any:
        nonlocal passes
        passes += 1
        return compute(self, *args)

    monkeypatch.setattr(VocalNets, "vocals", counted)
    kept: list[bool] = []
    extracted = run(("extract",), recording(tmp_path, seconds=9), engines, lambda *_: None)
    extracted = replace(extracted, kept=lambda: kept.append(True))
    apart = replace(extracted, folder=shutil.copytree(extracted.folder, tmp_path / "whole"))
    whole = clean(apart, engines, lambda _: None)
    n_whole, passes, kept[:] = passes, 0, []
    for at in (0.0, 0.3, 0.5, 0.5, 0.915, 0.95):
        cut_off(extracted, engines, at)
    done = clean(extracted, engines, lambda _: None)
    assert passes <= n_whole + 8, "each time at most the segment before, and the one that was cut off"
    assert kept, "so the attempts count anew"
    np.testing.assert_array_equal(sound_of(done), sound_of(whole))
    artifacts.save("clean", done)
    assert not list(done.folder.glob("*.part"))


def test_a_cleaning_by_another_engine_goes_on_with_nothing(tmp_path: Path, engines: LocalEngines) -> None:
    extracted = run(("extract",), recording(tmp_path, seconds=4), engines, lambda *_: None)
    cut_off(extracted, engines, 0.95)
    names = {path.name for path in extracted.folder.iterdir()}
    assert "cleaned.flac" in names
    config = Config(_env_file=None, models_dir=tmp_path / "none", max_fetch_bytes=0, separator="repair")
    other = LocalEngines(config)
    done = clean(extracted, other, lambda _: None)
    other.close()
    assert isinstance(done.cleaned, Cleaned)
    assert WavFile(done.cleaned.flac).sample_rate == 16_000
    assert WavFile(done.cleaned.flac).duration_s == pytest.approx(4, abs=0.01)


def test_the_disk_reserve_is_not_touched(tmp_path: Path, engines: LocalEngines) -> None:
    extracted = run(("extract",), recording(tmp_path), engines, lambda *_: None)
    with pytest.raises(StorageFull):
        clean(replace(extracted, limits=Limits(disk_reserve_bytes=2**60)), engines, lambda _: None)
