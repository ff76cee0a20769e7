"""Several channels and tracks become one, so that nothing cancels: for `decode`. Reads a piece at a time."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from app.audio.wav import WavFile
from app.audio.waveform import Samples, Sound, Span

SPEECH_LEVEL_DB = -26.0  # rms while somebody speaks; ITU-T P.56 levels its speech material so
MAX_GAIN_DB = 40.0
_PIECE_S = 30.0
_BLOCK_S = 0.5  # for so long channels are added or subtracted
_CANCELS = 4.0  # subtract where the sum has less than a quarter of the difference's energy
_RAMP_S = 0.02


def mix(
    sources: Sequence[WavFile],
    gains_db: Sequence[float],
    target: Path,
    channels: int,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Write the sum of recordings of one rate to `target`, which need not be as long as each other.

    channels: 1, or 2 where all sources have two. To one channel, a source counts by the mean of its
        channels, and what has the opposite phase is turned before it is added.
    check: called before each piece; what it raises ends the mixing.
    """
    import soundfile

    rate = sources[0].sample_rate
    duration_s = max(source.duration_s for source in sources)
    gains = [10 ** (gain_db / 20) for gain_db in gains_db]
    adder = _Adder(rate)
    with soundfile.SoundFile(target, "w", rate, channels, "PCM_16", format="RF64") as file:
        at = 0.0
        while at < duration_s:
            check()
            n = round(min(duration_s, at + _PIECE_S) * rate) - round(at * rate)
            pieces = [
                gain * _padded(source.cut(at, at + _PIECE_S).samples, n)
                for source, gain in zip(sources, gains, strict=True)
            ]
            mixed = adder.add(pieces) if channels == 1 else np.sum(pieces, axis=0)
            file.write(np.clip(mixed, -1.0, 1.0).T)
            at += _PIECE_S


def leveling_gain_db(speech: Sound, spans: Sequence[Span]) -> float:
    """Return the gain that brings the speech of a track to SPEECH_LEVEL_DB."""
    energy = n = 0.0
    for span in spans:
        samples = speech.cut(span.start, span.end).mono()
        energy += float(np.square(samples, dtype=np.float64).sum())
        n += len(samples)
    level_db = 10 * np.log10(energy / max(n, 1) + 1e-12)
    return round(float(np.clip(SPEECH_LEVEL_DB - level_db, -MAX_GAIN_DB, MAX_GAIN_DB)), 1)


class _Adder:
    """Adds channels; remembers from piece to piece which of them have the opposite phase."""

    def __init__(self, sample_rate: int) -> None:
        self._block, self._ramp = round(_BLOCK_S * sample_rate), round(_RAMP_S * sample_rate)
        self._signs: dict[int, float] = {}

    def add(self, pieces: Sequence[Samples]) -> Samples:
        """Return the sum of (channels, n) pieces: (n,)."""
        channels = [channel / len(piece) for piece in pieces for channel in piece]
        total: Samples = channels[0]
        for index, channel in enumerate(channels[1:]):
            total = total + channel * self._sign(index, total, channel)
        return total

    def _sign(self, index: int, total: Samples, channel: Samples) -> Samples:
        """Return 1 or -1 for each sample, with a ramp where it changes."""
        sign = self._signs.get(index, 0.0)
        signs = np.empty(len(total), np.float32)
        for first in range(0, len(total), self._block):
            block = slice(first, first + self._block)
            added = float(np.square(total[block] + channel[block]).sum())
            subtracted = float(np.square(total[block] - channel[block]).sum())
            before = sign
            if subtracted > _CANCELS * added:
                sign = -1.0
            elif sign == 0.0 or added > _CANCELS * subtracted:
                sign = 1.0
            signs[block] = sign
            if before not in (0.0, sign):
                ramp = signs[block][: self._ramp]
                ramp[:] = np.linspace(before, sign, len(ramp), dtype=np.float32)
        self._signs[index] = sign
        return signs


def _padded(samples: Samples, n: int) -> Samples:
    padded: Samples = np.pad(samples[:, :n], ((0, 0), (0, max(0, n - samples.shape[1]))))
    return padded
