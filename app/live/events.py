"""What a stream says to its client. The protocol is written down in docs/live.md."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from app.documents.transcript import Word


@dataclass(frozen=True, slots=True)
class Ready:
    """The stream is open: send sound. engine: for people."""

    type: ClassVar[str] = "ready"
    session: str
    engine: str
    language: str


@dataclass(frozen=True, slots=True)
class Partial:
    """What is heard of the present utterance; replaces the last partial. settled: its stable beginning."""

    type: ClassVar[str] = "partial"
    start: float
    end: float
    text: str
    settled: str


@dataclass(frozen=True, slots=True)
class Final:
    """An utterance as it stays: never taken back. Times are seconds from the start of the stream."""

    type: ClassVar[str] = "final"
    start: float
    end: float
    text: str
    words: tuple[Word, ...]
    language: str | None
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Lag:
    """The text is `seconds` behind the sound; nothing is lost."""

    type: ClassVar[str] = "lag"
    seconds: float


@dataclass(frozen=True, slots=True)
class Error:
    """Why the stream ends early. code: for programs; message: for people, in the language they asked for."""

    type: ClassVar[str] = "error"
    code: str
    message: str
    retry_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class End:
    """All that was sent is written down; the server closes."""

    type: ClassVar[str] = "end"
    duration_s: float


Event = Ready | Partial | Final | Lag | Error | End


def to_dict(event: Event) -> dict[str, Any]:
    return {"type": event.type, **asdict(event)}
