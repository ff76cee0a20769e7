"""The roles whose engines give sound: separators and synthesizers. The others stand in `base.py`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from app.audio.waveform import Sound, Waveform
from app.engines.compute.device import Priority
from app.progress import Progress


class Separator(Protocol):
    """Takes the noise away from speech."""

    @property
    def name(self) -> str: ...

    @property
    def identity(self) -> str:
        """All that decides what it makes of a sound: the model, its weights, its settings."""
        ...

    @property
    def sample_rate(self) -> int:
        """Hz, of the sound it takes and gives."""
        ...

    @property
    def channels(self) -> int: ...

    def separate(
        self, sound: Sound, write: Callable[[Waveform], None], progress: Progress, start: int = 0
    ) -> None:
        """Hand the cleaned sound to `write`, piece by piece and in order; as long as `sound`.

        start: the sample to go on from, where a piece of an earlier call ended.
        """
        ...


@dataclass(frozen=True, slots=True)
class SpokenVoice:
    """A voice that reads aloud; language: ISO 639-1."""

    name: str
    language: str


@dataclass(frozen=True, slots=True)
class SpeakOptions:
    """voice: a name in the engine's `voices`; speed: 0.5 to 2, 1 is the speaker's own."""

    voice: str
    speed: float = 1.0
    priority: Priority = Priority.INTERACTIVE


class Synthesizer(Protocol):
    """Reads text aloud."""

    @property
    def name(self) -> str: ...

    @property
    def sample_rate(self) -> int: ...

    @property
    def voices(self) -> tuple[SpokenVoice, ...]: ...

    def speak(self, text: str, options: SpeakOptions, progress: Progress) -> Iterator[Waveform]:
        """Yield the speech sentence by sentence. Raises BadInput for an unknown voice or nothing to say."""
        ...
