"""What tells voices apart, and knows them again: the Protocol of `speakers`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.audio.waveform import Sound, Span
from app.documents.diarization import Turn
from app.engines.checkpoints import RecordCheckpoint
from app.engines.compute.device import Priority
from app.engines.pooling import Vector
from app.progress import Progress

MAX_SPEAKERS = 20  # that are told apart in one recording


@dataclass(frozen=True, slots=True)
class DiarizeOptions:
    """How many people speak, as far as that is known: equal numbers are taken as they are."""

    min_speakers: int = 1
    max_speakers: int = MAX_SPEAKERS

    def __post_init__(self) -> None:
        if not 1 <= self.min_speakers <= self.max_speakers <= MAX_SPEAKERS:
            raise ValueError(f"no number of speakers: {self.min_speakers} to {self.max_speakers}")


@dataclass(frozen=True, slots=True, eq=False)
class KnownVoice:
    """A voice that a person has named and had remembered. model: what computed its vector, of length 1."""

    name: str
    vector: Vector
    model: str


class Diarizer(Protocol):
    """Tells apart who speaks when."""

    @property
    def name(self) -> str: ...

    @property
    def voice_model(self) -> str:
        """What `voice` is computed by: only vectors of one model can be compared."""
        ...

    @property
    def identity(self) -> str:
        """All that decides what it computes, but for the options: the models and their weights."""
        ...

    def diarize(
        self,
        sound: Sound,
        options: DiarizeOptions,
        progress: Progress,
        checkpoint: RecordCheckpoint | None = None,
    ) -> tuple[Turn, ...]:
        """Return the turns in 16 kHz sound; those of different people may overlap.

        It goes on from what the checkpoint holds.
        """
        ...

    def voice(
        self,
        sound: Sound,
        spans: Sequence[Span],
        progress: Progress,
        *,
        least_s: float,
        priority: Priority = Priority.BATCH,
    ) -> Vector | None:
        """Return the voice that alone speaks in these spans of 16 kHz sound: (dimension,) of length 1.

        None: they have less than `least_s` of speech.
        """
        ...
