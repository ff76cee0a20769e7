"""Vectors of sound without weights: statistics of log-mel features.

They tell recordings apart by voice, room and microphone, not by what is said.
"""

from collections.abc import Sequence

import numpy as np

from app.audio.features import log_mel
from app.audio.waveform import Sound
from app.audio.windows import quiet_windows
from app.engines.base import Embedding
from app.engines.checkpoints import StateCheckpoint
from app.engines.pooling import FirstComponent, Mean, Vector
from app.errors import N_, BadInput
from app.progress import Progress

N_MELS = 128
DIMENSION = 8 * N_MELS
STATISTICS = "log-mel statistics"
_WINDOW_S = 30.0


class LogMel:
    """An Embedder of the shape that wav2vec2 has, (1024,): eight statistics of 128 mel bands.

    Levels are relative to the mean level of the recording, so that loudness does not count. Pooling has
    no meaning here; the vector is the same for each.
    """

    name = identity = STATISTICS
    dimension = DIMENSION

    def embed(
        self, sound: Sound, pooling: str, progress: Progress, checkpoint: StateCheckpoint | None = None
    ) -> Embedding:
        """Embed a recording. It is quick, so it keeps nothing in the checkpoint."""
        if sound.duration_s == 0:
            raise BadInput(N_("There is no sound to make a vector of."))
        levels, slopes, modulation, shape = Mean(), Mean(), Mean(), FirstComponent()
        high, low = np.full(N_MELS, -np.inf), np.full(N_MELS, np.inf)
        for span in quiet_windows(sound, _WINDOW_S):
            mel = log_mel(sound.cut(span.start, span.end).mono(), N_MELS, sound.sample_rate)
            change = np.diff(mel, axis=0, prepend=mel[:1])
            levels.add(mel)
            slopes.add(np.abs(change))
            modulation.add(np.abs(np.diff(change, axis=0, prepend=change[:1])))
            shape.add(mel)
            high, low = np.maximum(high, mel.max(axis=0)), np.minimum(low, mel.min(axis=0))
            progress(span.end / sound.duration_s)
        return Embedding(_vector(levels, slopes, modulation, shape, high, low), self.name, "statistics")

    def embed_many(self, sounds: Sequence[Sound], pooling: str, progress: Progress) -> list[Embedding]:
        return [self.embed(sound, pooling, progress) for sound in sounds]


def _vector(
    levels: Mean, slopes: Mean, modulation: Mean, shape: FirstComponent, high: Vector, low: Vector
) -> Vector:
    mean = levels.vector()
    centre = mean.mean()

    def spread(of: Mean) -> Vector:
        return np.asarray(np.sqrt(np.maximum(0, of.squares / of.n - (of.sum / of.n) ** 2)), np.float32)

    parts = [
        mean - centre, spread(levels), slopes.vector(), spread(slopes), modulation.vector(),
        shape.vector() * 10, high - centre, low - centre,
    ]  # fmt: skip
    return np.concatenate(parts).astype(np.float32)
