import numpy as np

from app.nets import world
from app.training.scores.metrics import quality
from tests.training.conftest import speak_like


def test_a_frame_is_5_ms_of_envelope_breath_pitch_and_voicing() -> None:
    frames = world.analyse(speak_like(1, 1.0))
    assert frames.shape == (world.FRAMES_PER_S, world.N_FEATURES)
    assert frames.dtype == np.float32
    hz, voiced = np.exp(frames[:, -2]), frames[:, -1] > 0
    assert 80 < np.median(hz[voiced]) < 180
    assert np.isfinite(frames).all()  # the pitch is bridged where nothing is voiced


def test_silence_stays_silent() -> None:
    again = world.synthesize(world.analyse(np.zeros(16_000, np.float32)))
    assert np.abs(again).max() < 0.01


def test_the_vocoder_gives_speech_back() -> None:
    clean = speak_like(1)
    again = world.synthesize(world.analyse(clean))
    assert quality(clean, again).q < 0.05
