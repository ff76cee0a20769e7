"""Sound in wav files: read piece by piece, written whole or not at all."""

from pathlib import Path

import numpy as np

from app.audio.atomic import atomic_write
from app.audio.waveform import Waveform


class WavFile:
    """A recording on disk as a Sound. It opens the file for each cut, so any thread may read.

    Raises:
        soundfile.LibsndfileError: it is not a wav file.
    """

    def __init__(self, path: Path) -> None:
        import soundfile

        self.path = path
        info = soundfile.info(path)
        self.sample_rate: int = info.samplerate
        self.n_samples: int = info.frames

    @property
    def duration_s(self) -> float:
        return self.n_samples / self.sample_rate

    def cut(self, start_s: float, end_s: float) -> Waveform:
        """Read the stretch from `start_s` to `end_s`, clipped to what is there."""
        import soundfile

        first, last = (min(max(0, round(t * self.sample_rate)), self.n_samples) for t in (start_s, end_s))
        samples, _ = soundfile.read(self.path, max(0, last - first), first, dtype="float32", always_2d=True)
        return Waveform(np.ascontiguousarray(samples.T), self.sample_rate)


def write_wav(path: Path, waveform: Waveform) -> None:
    """Write 16-bit PCM so that no half file is ever seen."""
    import soundfile

    with atomic_write(path) as part:
        soundfile.write(part, waveform.samples.T, waveform.sample_rate, "PCM_16", format="WAV")
