from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.audio.waveform import Waveform
from app.documents.diarization import Turn
from app.engines.compute.device import Device
from app.engines.diarization import DiarizeOptions
from app.engines.speakers.diarizer import NetDiarizer
from app.engines.weights.diarization import CAMPPLUS, SEGMENTATION
from app.errors import EngineUnavailable, JobCancelled
from tests.engines.tiny_diarizer import save_diarizer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    save_diarizer(folder)
    return folder


@pytest.fixture(scope="module")
def diarizer(models: Path) -> Iterator[NetDiarizer]:
    with Device() as device:
        yield NetDiarizer(models / SEGMENTATION, models / CAMPPLUS, device)


def noise(seconds: float) -> Waveform:
    samples = 0.1 * np.random.default_rng(0).standard_normal(round(seconds * 16_000))
    return Waveform(samples.astype(np.float32)[None], 16_000)


def test_turns_lie_within_the_sound_and_progress_reaches_the_end(diarizer: NetDiarizer) -> None:
    seen: list[float] = []
    turns = diarizer.diarize(noise(14), DiarizeOptions(), seen.append)
    assert turns
    assert {turn.speaker for turn in turns} >= {"Speaker 1"}
    assert all(0 <= turn.start < turn.end <= 14.1 for turn in turns)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_a_given_number_of_speakers_is_not_exceeded(diarizer: NetDiarizer) -> None:
    turns = diarizer.diarize(noise(14), DiarizeOptions(1, 1), lambda _: None)
    assert {turn.speaker for turn in turns} == {"Speaker 1"}


@pytest.mark.parametrize("seconds", [0.01, 0.3])
def test_a_moment_of_sound_is_no_trouble(diarizer: NetDiarizer, seconds: float) -> None:
    assert len(diarizer.diarize(noise(seconds), DiarizeOptions(), lambda _: None)) <= 1


def test_a_cancel_stops_it_between_two_turns_of_the_device(diarizer: NetDiarizer) -> None:
    asked: list[float] = []

    def cancelled(done: float) -> None:
        asked.append(done)
        raise JobCancelled

    with pytest.raises(JobCancelled):
        diarizer.diarize(noise(40), DiarizeOptions(), cancelled)
    assert len(asked) == 1


class Kept:
    """A checkpoint in memory."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def records(self) -> Iterator[bytes]:
        yield from [*self.kept]

    def add(self, record: bytes) -> None:
        self.kept.append(record)


class Counted:
    """The turns of the device that have been taken."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.n = 0
        turn = Device.turn

        def counted(device: Device, *args: Any) -> Any:
            self.n += 1
            return turn(device, *args)

        patch.setattr(Device, "turn", counted)


@pytest.fixture(scope="module")
def undisturbed(diarizer: NetDiarizer) -> tuple[list[Turn], int]:
    """Give the turns that are found at one go, and how many turns of the device that takes."""
    with pytest.MonkeyPatch.context() as patch:
        counted = Counted(patch)
        return diarizer.diarize(noise(30), DiarizeOptions(), lambda _: None), counted.n


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_what_was_cut_off_goes_on_and_comes_to_the_same_turns(
    diarizer: NetDiarizer, monkeypatch: pytest.MonkeyPatch, undisturbed: tuple[list[Turn], int], at: float
) -> None:
    kept, counted = Kept(), Counted(monkeypatch)

    def stop(done: float) -> None:
        if done > at:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        diarizer.diarize(noise(30), DiarizeOptions(), stop, kept)
    assert len(kept.kept) == counted.n > 0
    found = diarizer.diarize(noise(30), DiarizeOptions(), lambda _: None, kept)
    assert (found, counted.n) == undisturbed, "nothing is computed twice"


def test_sound_of_another_rate_is_a_bug(diarizer: NetDiarizer) -> None:
    with pytest.raises(ValueError, match="16000 Hz, not 8000"):
        diarizer.diarize(Waveform(np.zeros((1, 8000), np.float32), 8000), DiarizeOptions(), lambda _: None)


def test_files_that_are_no_such_weights_are_named(models: Path, tmp_path: Path) -> None:
    with Device() as device:
        with pytest.raises(EngineUnavailable, match="cannot be used"):
            NetDiarizer(models / CAMPPLUS, models / SEGMENTATION, device)
        (tmp_path / "a.pt").write_bytes(b"no weights")
        with pytest.raises(EngineUnavailable, match=r"a\.pt"):
            NetDiarizer(tmp_path / "a.pt", models / CAMPPLUS, device)
