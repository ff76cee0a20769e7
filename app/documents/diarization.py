"""Diarization: who speaks when. All times are seconds from the start of the recording."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Turn:
    """One voice without a pause. speaker: as `speaker_id` names it; turns of different voices may overlap."""

    start: float
    end: float
    speaker: str


@dataclass(frozen=True, slots=True)
class SaidName:
    """A name that was said, and the voice whose it probably is. start, text: where, and the sentence."""

    speaker: str
    name: str
    start: float
    text: str


@dataclass(frozen=True, slots=True)
class Diarization:
    """The turns of a whole recording, by their start; engine: what told the voices apart, for people.

    said_names: may be offered to people; nothing is called by them. recognized: the names of voices that
    were remembered and are known again.
    """

    turns: tuple[Turn, ...]
    engine: str
    said_names: tuple[SaidName, ...] = ()
    recognized: dict[str, str] = field(default_factory=dict)

    @property
    def speakers(self) -> tuple[str, ...]:
        """The ids of the voices, in the order in which they are heard first."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns))


@dataclass(frozen=True, slots=True)
class NotDiarized:
    """Why nobody was told apart: a gettext template and its values."""

    message: str
    params: dict[str, str | int | float] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


def speaker_id(number: int) -> str:
    """Name a voice for programs; the first is number 1. People read it in their language or as a name."""
    return f"Speaker {number}"
