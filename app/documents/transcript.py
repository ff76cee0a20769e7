"""Transcript: what was said, and when. All times are seconds from the start of the recording."""

from dataclasses import dataclass

from app.documents.joining import joined


@dataclass(frozen=True, slots=True)
class Word:
    start: float
    end: float
    text: str
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence or phrase.

    speaker: the id of a voice ("Speaker 1"), or a name; None: nobody was told apart. doubtful: the text looks
    like a model's loop or garbage. overlapped: others speak at the same time. voice: the id of the one whose
    channel it was heard on, where people speak at once into channels of their own.
    """

    start: float
    end: float
    text: str
    speaker: str | None = None
    words: tuple[Word, ...] = ()
    doubtful: bool = False
    overlapped: bool = False
    voice: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """Timed text of a whole recording.

    language: ISO 639-1 code, or None where nothing was said; engine: what heard it, for people
    ("openai-whisper base"); duration_s: of the recording, not of the speech.
    """

    segments: tuple[Segment, ...]
    language: str | None
    engine: str
    duration_s: float

    @property
    def text(self) -> str:
        return joined(segment.text for segment in self.segments)
