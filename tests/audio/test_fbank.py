import numpy as np
import pytest

from app.audio.fbank import FRAME, HOP, fbank


def test_it_gives_what_kaldi_gives() -> None:
    # kaldi-native-fbank 1.23.0 of the same samples: no dither, 80 bands from 20 Hz, energies as they are
    t = np.arange(1200) / 16_000
    sound = 0.3 * np.sin(2 * np.pi * 440 * t) + 0.1 * np.sin(2 * np.pi * 3000 * t * (1 + t)) + 0.05
    kaldi = [
        [-12.8868, -9.7042, -1.1683, -12.1886, -15.8785, -15.8934, -10.6532, -7.8194, -15.9424, -15.9424],
        [-12.2124, -9.7025, -1.1682, -12.2146, -15.9424, -15.9424, -12.9665, 4.6686, -14.9093, -15.9424],
    ]
    assert fbank(sound.astype(np.float32))[::5, ::8] == pytest.approx(np.array(kaldi), abs=2e-3)


@pytest.mark.parametrize(
    ("n", "frames"), [(0, 0), (FRAME - 1, 0), (FRAME, 1), (FRAME + HOP - 1, 1), (800, 3)]
)
def test_only_whole_frames_count(n: int, frames: int) -> None:
    assert fbank(np.zeros(n, np.float32)).shape == (frames, 80)


def test_silence_has_finite_energies() -> None:
    assert np.isfinite(fbank(np.zeros(1600, np.float32))).all()
