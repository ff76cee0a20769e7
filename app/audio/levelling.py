"""A recording whose quiet voices are raised: what `transcribe` finds speech in, and hears where it has to."""

from collections.abc import Iterable

import numpy as np

from app.audio.waveform import Samples, Sound, Span, Waveform
from app.progress import Progress

TARGET_DB = -26.0  # of the loud frames of each stretch; ITU-T P.56 levels its speech material so
MAX_GAIN_DB = 50.0
# Measured with Silero VAD on tests/media: speech at -50 dB is found as at 0 dB, also beside loud speech, and
# two minutes each of white, pink and brown noise at -20, -50 and -70 dB stay without any.
_FRAME_S, _STRETCH_S, _LOUD_PERCENT, _SMOOTH_S, _PIECE_S = 0.05, 3.0, 90, 1.0, 30.0


class LevelledSound:
    """A Sound with a running gain, never below 1. Nothing is raised that is loud enough.

    look: called with 0..1 while the recording is read once; what it raises ends the reading.
    """

    def __init__(self, sound: Sound, look: Progress = lambda done: None) -> None:
        self._sound = sound
        self._frame = max(1, round(_FRAME_S * sound.sample_rate))
        self._gain_db = _gain_db(_levels(sound, self._frame, look))

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
        if not (n and len(self._gain_db)):
            return waveform
        at = (max(0, round(start_s * self.sample_rate)) + np.arange(n)) / self._frame - 0.5
        gain = 10 ** (np.interp(at, np.arange(len(self._gain_db)), self._gain_db) / 20)
        raised: Samples = np.clip(waveform.samples * gain.astype(np.float32), -1.0, 1.0)
        return Waveform(raised, self.sample_rate)

    def raised_db(self, spans: Iterable[Span]) -> float:
        """Return by how much the quietest of the spans is raised."""
        per_s = self.sample_rate / self._frame
        means = [
            float(self._gain_db[int(span.start * per_s) : int(span.end * per_s) + 1].mean()) for span in spans
        ]
        return max(means, default=0.0)


def _levels(sound: Sound, frame: int, look: Progress) -> Samples:
    """Return the level of each frame in dB of full scale."""
    levels: list[Samples] = []
    at = 0.0
    while at < sound.duration_s:
        samples = sound.cut(at, at + _PIECE_S).mono()
        frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
        levels.append(10 * np.log10(np.square(frames).mean(axis=1, dtype=np.float32) + np.float32(1e-12)))
        at += _PIECE_S
        look(min(1.0, at / sound.duration_s))
    return np.concatenate(levels) if levels else np.zeros(0, np.float32)


def _gain_db(levels: Samples) -> Samples:
    """Return the gain of each frame: what its surroundings lack, smoothed."""
    if len(levels) == 0:
        return levels
    width, smooth = round(_STRETCH_S / _FRAME_S), round(_SMOOTH_S / _FRAME_S)
    padded = np.pad(levels, (width // 2, width - width // 2 - 1), "edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, width)
    rank, step = width * _LOUD_PERCENT // 100, 10_000
    loud = np.concatenate(
        [np.partition(around[i : i + step], rank, axis=1)[:, rank] for i in range(0, len(levels), step)]
    )
    gain = np.clip(TARGET_DB - loud, 0.0, MAX_GAIN_DB)
    padded = np.pad(gain, (smooth // 2, smooth - smooth // 2 - 1), "edge")
    smoothed: Samples = np.convolve(padded, np.full(smooth, 1 / smooth), "valid").astype(np.float32)
    return smoothed
