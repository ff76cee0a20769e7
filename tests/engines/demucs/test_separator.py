"""Tiny networks of Demucs' real classes, saved in its real files, against Demucs' own separation."""

import shutil
from collections.abc import Callable
from pathlib import Path

import demucs
import numpy as np
import pytest
import torch
from demucs.api import Separator as TheirSeparator

from app.audio.waveform import Waveform
from app.engines.compute.device import Device
from app.engines.demucs.separator import Demucs, DemucsOptions
from app.errors import JobCancelled
from tests.tiny_demucs import FT, RATE, save_tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demucs")
    for seed, signature in enumerate(("955717e8", *FT)):
        save_tiny(folder / f"{signature}.th", seed)
    for name in ("htdemucs", "htdemucs_ft"):
        shutil.copy(Path(demucs.__file__).parent / "remote" / f"{name}.yaml", folder)
    return folder


def noise(seconds: float, channels: int = 2) -> Waveform:
    rng = np.random.default_rng(1)
    samples = rng.standard_normal((channels, round(seconds * RATE))).astype(np.float32) * 0.1 + 0.01
    return Waveform(samples, RATE)


def vocals(
    engine: Demucs, sound: Waveform, progress: Callable[[float], None] = lambda done: None, start: int = 0
) -> np.ndarray:
    pieces: list[np.ndarray] = []
    engine.separate(sound, lambda piece: pieces.append(piece.samples), progress, start)
    return np.concatenate(pieces, axis=1)


@pytest.mark.parametrize(("name", "batch"), [("htdemucs", 1), ("htdemucs", 3), ("htdemucs_ft", 2)])
@pytest.mark.parametrize("seconds", [0.4, 1.95, 7.3])
def test_the_stream_equals_demucs_own_separation(folder: Path, name: str, batch: int, seconds: float) -> None:
    sound = noise(seconds)
    theirs = TheirSeparator(model=name, repo=folder, shifts=0, overlap=0.25, device="cpu")
    _, stems = theirs.separate_tensor(torch.from_numpy(sound.samples))
    with Device() as device:
        ours = vocals(Demucs(name, folder, device, DemucsOptions(overlap=0.25, batch=batch)), sound)
    np.testing.assert_allclose(ours, stems["vocals"].numpy(), atol=1e-4)


def test_a_mono_recording_is_spread_to_both_channels(folder: Path) -> None:
    mono = noise(1.0, channels=1)
    with Device() as device:
        engine = Demucs("htdemucs", folder, device, DemucsOptions())
        twice = Waveform(np.repeat(mono.samples, 2, axis=0), RATE)
        np.testing.assert_array_equal(vocals(engine, mono), vocals(engine, twice))


def test_a_cancelled_job_stops_within_a_segment(folder: Path) -> None:
    calls = 0

    def progress(done: float) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise JobCancelled

    with Device() as device:
        engine = Demucs("htdemucs", folder, device, DemucsOptions())
        with pytest.raises(JobCancelled):
            vocals(engine, noise(1.0), progress)
        vocals(engine, noise(1.0))  # and the device goes on


def test_progress_grows_to_the_end(folder: Path) -> None:
    seen: list[float] = []
    with Device() as device:
        vocals(Demucs("htdemucs", folder, device, DemucsOptions()), noise(7.3), seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


@pytest.mark.parametrize("batch", [1, 3])
def test_what_goes_on_after_a_kill_comes_to_what_a_whole_run_comes_to(folder: Path, batch: int) -> None:
    sound = noise(7.3)
    with Device() as device:
        engine = Demucs("htdemucs", folder, device, DemucsOptions(overlap=0.25, batch=batch))
        whole = vocals(engine, sound)
        for n_pieces in (1, 2, 4):
            start = n_pieces * engine.stride
            rest = vocals(engine, sound, start=start)
            np.testing.assert_allclose(rest, whole[:, start:], atol=1e-5)


def test_other_weights_or_settings_are_told_apart(folder: Path, tmp_path: Path) -> None:
    other = shutil.copytree(folder, tmp_path / "other")
    with Device() as device:
        identities = {
            Demucs("htdemucs", place, device, DemucsOptions(overlap=overlap)).identity
            for place in (folder, other)
            for overlap in (0.1, 0.25)
        }
        for weights in other.glob("955717e8*"):
            weights.touch()
        changed = Demucs("htdemucs", other, device, DemucsOptions(overlap=0.1)).identity
    assert changed not in identities
    assert len(identities) == 2
