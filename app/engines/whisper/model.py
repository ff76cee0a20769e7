"""What both transcribers ask of a loaded Whisper checkpoint, whichever library computes it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from app.audio.waveform import Samples
from app.documents.transcript import Word
from app.engines.base import Task
from app.engines.whisper.decoded import DecodedWindow

Features = Any  # (n_audio_ctx, n_audio_state), in the form of the library; only its own model looks inside


@dataclass(frozen=True, slots=True)
class Search:
    """How the text of a window is searched for.

    temperature: 0 for the likeliest text, above it for seeded samples; width: hypotheses that are kept, the
    beam at temperature 0, above it the samples of which the likeliest is taken.
    """

    temperature: float = 0.0
    width: int = 1


GREEDY = Search()


class WhisperModel(Protocol):
    """A loaded checkpoint. All but `knows` runs on the device's thread."""

    @property
    def is_multilingual(self) -> bool: ...

    @property
    def batch(self) -> int:
        """How many windows are worth decoding together."""
        ...

    @property
    def stops_midway(self) -> bool:
        """Tell whether `stoppable` ends a computation; else it goes on when nobody waits for it any more."""
        ...

    def knows(self, language: str) -> bool: ...

    def encode(self, samples: Samples) -> Features:
        """Return the features of at most 30 s."""
        ...

    def languages(self, features: Sequence[Features]) -> list[dict[str, float]]:
        """Return how likely each language is, for each window, or for a stretch of its features."""
        ...

    def decode(
        self,
        features: Sequence[Features],
        durations_s: Sequence[float],
        language: str,
        search: Search = GREEDY,
        prompt: str = "",
        draft: Sequence[int] = (),
        task: Task = "transcribe",
    ) -> list[DecodedWindow]:
        """Write down windows of one language together; "translate": in English.

        Args:
            draft: tokens that a single window probably begins with; they may save time and change nothing.
        """
        ...

    def words(
        self,
        heard: DecodedWindow,
        language: str,
        features: Features,
        duration_s: float,
        task: Task = "transcribe",
    ) -> list[list[Word]]:
        """Return the words of each line, with their times in the window; put together they are its text."""
        ...

    def stoppable(self, check: Callable[[], None]) -> AbstractContextManager[None]:
        """Call `check` now and then while this model computes; what it raises ends the computing.

        Raises:
            EngineFailed: there is not enough memory.
        """
        ...
