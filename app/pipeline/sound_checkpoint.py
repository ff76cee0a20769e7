"""SoundCheckpoint: the sound that a separator has given so far, as records of 16-bit PCM."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from app.audio.encode import written_flac
from app.audio.waveform import Waveform
from app.pipeline.checkpoint import Checkpoint

_FULL_SCALE = np.float32(2**15)


class SoundCheckpoint:
    """Pieces of one sound in a checkpoint. A mono one takes the mean of the channels that it is given.

    keep_room: called before each piece is written; raises where the disk is too full.
    """

    def __init__(
        self, kept: Checkpoint, sample_rate: int, channels: int, keep_room: Callable[[], None]
    ) -> None:
        self._kept, self._sample_rate, self._channels = kept, sample_rate, channels
        self._keep_room = keep_room

    @property
    def n_samples(self) -> int:
        return sum(len(record) for record in self._kept.records()) // (2 * self._channels)

    def add(self, piece: Waveform) -> None:
        self._keep_room()
        samples = piece.mono()[None] if self._channels == 1 else piece.samples
        pcm = np.clip(np.rint(samples * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1)
        self._kept.add(pcm.T.astype("<i2").tobytes())

    def write_flac(self, target: Path, check: Callable[[], None]) -> None:
        """Write all of it. check: called after each piece; what it raises ends the writing."""
        with written_flac(target, self._sample_rate, self._channels) as write:
            for piece in self._pieces():
                self._keep_room()
                write(piece)
                check()

    def _pieces(self) -> Iterator[Waveform]:
        for record in self._kept.records():
            pcm = np.frombuffer(record, "<i2").reshape(-1, self._channels)
            yield Waveform(pcm.T.astype(np.float32) / _FULL_SCALE, self._sample_rate)
