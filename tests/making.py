"""Sounds and media files that tests make for themselves."""

import subprocess
from pathlib import Path

import numpy as np

from app.audio import ffmpeg
from app.audio.waveform import Samples, Waveform

TONE = ("-f", "lavfi", "-i", "sine=f=440:r=16000:d=2")
PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=160x120:r=10:d=2")
_SAME = ("-fflags", "+bitexact", "-flags", "+bitexact", "-threads", "1")  # the same bytes every time


def make_media(path: Path, *options: str) -> Path:
    """Make a file with ffmpeg as anybody would run it."""
    command = [ffmpeg.executable(), "-v", "error", "-nostdin", *options, *_SAME, "-y", str(path)]
    subprocess.run(command, check=True, timeout=60)
    return path


def make_stream(path: Path, *options: str) -> Path:
    """Make a file that was written to a pipe, as a browser records: nothing at its start knows its end."""
    command = [ffmpeg.executable(), "-v", "error", "-nostdin", *options, *_SAME, "pipe:1"]
    with path.open("wb") as file:
        subprocess.run(command, check=True, timeout=60, stdout=file)
    return path


def syllables(duration_s: float, sample_rate: int = 16_000, seed: int = 0) -> Waveform:
    """Make sound with the rhythm and spectrum of speech: a voice of harmonics, four syllables a second."""
    n = round(duration_s * sample_rate)
    t = np.arange(n) / sample_rate
    rng = np.random.default_rng(seed)
    pitch = 2 * np.pi * np.cumsum(120 + 20 * np.sin(2 * np.pi * 0.7 * t)) / sample_rate
    voice = sum(np.sin(k * pitch) / k for k in range(1, 12))
    rhythm = np.clip(np.sin(2 * np.pi * 4 * t), 0, 1) * (np.sin(2 * np.pi * 0.2 * t) > -0.5)
    samples: Samples = (0.2 * voice * rhythm + 0.002 * rng.standard_normal(n)).astype(np.float32)
    return Waveform(samples[None], sample_rate)
