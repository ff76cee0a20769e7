"""The nets that come with the program meet a part of what is asked of them."""

import subprocess
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import torch

from app.audio import espeak
from app.audio.pitch import pitch
from app.audio.waveform import Samples
from app.engines.compute.device import Device
from app.engines.sound import SpeakOptions
from app.engines.synthesis import Synthesis
from app.nets import checkpoint, world
from app.nets.repair import RepairNet
from app.nets.repairer import Repairer
from app.training.damage.damage import DamageSpec, damage
from app.training.damage.noises import NOISES
from app.training.scores import metrics
from app.training.scores.wiener import wiener

MODELS = Path(__file__).parents[2] / "models"


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    path = tmp_path_factory.mktemp("speech") / "slt.wav"
    text = "Let us begin with the minutes of the last meeting."
    subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", path], check=True, timeout=60)
    samples: Samples = soundfile.read(path, dtype="float32")[0]
    return samples


@pytest.fixture(scope="module")
def repairer() -> Repairer:
    torch.set_num_threads(1)
    return Repairer(cast("RepairNet", checkpoint.load(MODELS / "repair", "repair")))


@pytest.mark.parametrize("name", ["repair", "synthesis"])
def test_a_shipped_checkpoint_is_small_and_has_its_card(name: str) -> None:
    assert (MODELS / name / "weights.safetensors").stat().st_size < 10e6
    assert checkpoint.notes(MODELS / name)["steps"] > 1000
    card = (MODELS / name / "README.md").read_text(encoding="utf-8")
    assert all(
        f"**{part}." in card for part in ("Data", "Held out", "Training", "Scores", "Limits", "Licence")
    )


def test_noise_goes_and_speech_stays(repairer: Repairer, speech: Samples) -> None:
    """Judge the mean over kinds that it never met: a steady engine alone is easy for any filter."""
    gains, ahead, before, after = [], [], [], []
    for i, kind in enumerate(NOISES["test"]):
        damaged, _ = damage(speech, np.random.default_rng(i), DamageSpec(kind, snr_db=5))
        repaired = repairer.repair(damaged)
        gains.append(_scores(speech, repaired) - _scores(speech, damaged))
        before.append(metrics.quality(speech, damaged).q)
        after.append(metrics.quality(speech, repaired).q)
        ahead.append(_scores(speech, repaired) - _scores(speech, wiener(damaged)))
    assert np.all(np.mean(gains, axis=0) > (4, 0.1))
    assert np.all(np.mean(ahead, axis=0) > (1, 0.05))
    assert np.mean(after) < 0.6 * np.mean(before)


def _scores(clean: Samples, estimate: Samples) -> npt.NDArray[np.float64]:
    return np.array([metrics.si_sdr(clean, estimate), metrics.pesq_wb(clean, estimate)])


@pytest.mark.parametrize(
    "spec",
    [DamageSpec(dropouts_per_s=3), DamageSpec(clip=0.3), DamageSpec(clicks_per_s=4)],
    ids=["gaps", "clipping", "clicks"],
)
def test_gaps_clipping_and_clicks_are_repaired(spec: DamageSpec, repairer: Repairer, speech: Samples) -> None:
    damaged, _ = damage(speech, np.random.default_rng(2), spec)
    repaired = repairer.repair(damaged)
    assert metrics.si_sdr(speech, repaired) > metrics.si_sdr(speech, damaged) + 1
    assert metrics.pesq_wb(speech, repaired) > metrics.pesq_wb(speech, damaged)
    assert metrics.quality(speech, repaired).q <= metrics.quality(speech, damaged).q + 0.002


def test_clean_speech_is_left_as_it_is(repairer: Repairer, speech: Samples) -> None:
    assert metrics.pesq_wb(speech, repairer.repair(speech)) > 4.0
    quiet, _ = damage(speech, np.random.default_rng(3), DamageSpec(band_hz=3000))
    assert metrics.pesq_wb(quiet, repairer.repair(quiet)) > 4.0


def test_the_vocoder_alone_keeps_the_pitch(speech: Samples) -> None:
    copied = metrics.quality(speech, world.synthesize(world.analyse(speech)))
    assert copied.cos_pitch > 0.96
    assert copied.cos_loudness > 0.98


@pytest.mark.skipif(not espeak.available(), reason="espeak-ng is not installed")
def test_every_shipped_voice_speaks_and_differs() -> None:
    spoken = {}
    with Device() as device:
        engine = Synthesis([MODELS / "synthesis"], device)
        for voice in engine.voices:
            text = "Good morning, everyone." if voice.language == "en" else "Доброе утро, коллеги."
            (piece,) = engine.speak(text, SpeakOptions(voice.name), lambda _: None)
            spoken[voice.name] = piece.mono()
    assert {voice.language for voice in engine.voices} == {"en", "ru"}
    for sound in spoken.values():
        assert 0.8 < len(sound) / 16_000 < 4
        voiced = pitch(sound)
        assert 0.2 < np.mean(voiced > 0) < 0.9
    medians = [np.median(hz[hz > 0]) for hz in map(pitch, spoken.values())]
    assert max(medians) > 1.4 * min(medians)
    assert len({sound.tobytes() for sound in spoken.values()}) == len(spoken)
