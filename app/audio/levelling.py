"""A recording whose quiet voices are raised: what `transcribe` finds speech in, and hears where it has to."""

import numpy as np

from app.audio.waveform import Samples, Sound, Waveform

TARGET_DB = -26.0  # of the loud frames of each stretch; ITU-T P.56 levels its speech material so
MAX_GAIN_DB = 50.0
# Measured with Silero VAD on tests/media: speech at -50 dB is found as at 0 dB, also beside loud speech, and
# two minutes each of white, pink and brown noise at -20, -50 and -70 dB stay without any.
_FRAME_S, _STRETCH_S, _LOUD_PERCENT, _SMOOTH_S = 0.05, 3.0, 90, 1.0


class LevelledSound:
    """A Sound with a running gain, never below 1, that depends on the seconds around it alone.

    Args:
        above_db: a cut that is raised by less, on the mean, is left as it is.
    """

    def __init__(self, sound: Sound, above_db: float = 0.0) -> None:
        self._sound = sound
        self._above_db = above_db
        self._frame = max(1, round(_FRAME_S * sound.sample_rate))
        self._n_frames = int(sound.duration_s * sound.sample_rate) // self._frame

    @property
    def sample_rate(self) -> int:
        return self._sound.sample_rate

    @property
    def duration_s(self) -> float:
        return self._sound.duration_s

    def cut(self, start_s: float, end_s: float) -> Waveform:
        """Return a stretch, raised and clipped to full scale."""
        waveform = self._sound.cut(start_s, end_s)
        n = waveform.samples.shape[1]
        if not (n and self._n_frames):
            return waveform
        at = (max(0, round(start_s * self.sample_rate)) + np.arange(n)) / self._frame - 0.5
        frames = np.arange(int(at[0]) - 1, int(at[-1]) + 2)
        gain_db = self._gain_db(int(frames[0]), len(frames))
        if gain_db.mean() <= self._above_db:
            return waveform
        gain = 10 ** (np.interp(at, frames, gain_db) / 20)
        raised: Samples = np.clip(waveform.samples * gain.astype(np.float32), -1.0, 1.0)
        return Waveform(raised, self.sample_rate)

    def _gain_db(self, first: int, n: int) -> Samples:
        """Return the gain of `n` frames: what their surroundings lack, smoothed."""
        width, smooth = round(_STRETCH_S / _FRAME_S), round(_SMOOTH_S / _FRAME_S)
        levels = self._levels(first - width // 2 - smooth // 2, n + width + smooth - 2)
        around = np.lib.stride_tricks.sliding_window_view(levels, width)
        rank = width * _LOUD_PERCENT // 100
        loud = np.partition(around, rank, axis=1)[:, rank]
        gain = np.clip(TARGET_DB - loud, 0.0, MAX_GAIN_DB)
        smoothed: Samples = np.convolve(gain, np.full(smooth, 1 / smooth), "valid").astype(np.float32)
        return smoothed

    def _levels(self, first: int, n: int) -> Samples:
        """Return the level of each frame in dB of full scale; outside, of the nearest one inside."""
        wanted = np.clip(np.arange(first, first + n), 0, self._n_frames - 1)
        start, end = int(wanted[0]), int(wanted[-1]) + 1
        per_s = self.sample_rate / self._frame
        samples = self._sound.cut(start / per_s, end / per_s).mono()
        frames = np.resize(samples, (end - start, self._frame))
        levels: Samples = 10 * np.log10(np.square(frames).mean(axis=1, dtype=np.float32) + np.float32(1e-12))
        return levels[wanted - start]
