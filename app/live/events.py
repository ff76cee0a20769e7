"""What a stream says to its client. The protocol is written down in docs/live.md."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from app.documents.transcript import Word


@dataclass(frozen=True, slots=True)
class Ready:
    """The stream is open: send sound. engine: for people; recording: its saved stream, if it is saved."""

    type: ClassVar[str] = "ready"
    session: str
    engine: str
    language: str
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """All places are taken. place: in the line, from 1; expected_s: how long that is likely to take."""

    type: ClassVar[str] = "waiting"
    place: int
    expected_s: int


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
    """An utterance as it stays: never taken back. Times are seconds from the start of the recording.

    heard: as in `HeardUpTo`; speaker: whose voice it probably is ("Speaker 1"), where that is asked for.
    """

    type: ClassVar[str] = "final"
    start: float
    end: float
    text: str
    words: tuple[Word, ...]
    language: str | None
    doubtful: bool
    heard: float
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class HeardUpTo:
    """All that was said before `heard` stands in the finals so far: only later sound is still needed."""

    type: ClassVar[str] = "heard"
    heard: float


@dataclass(frozen=True, slots=True)
class Flushed:
    """All that had come when the client asked for this stands in the finals. heard: as in `HeardUpTo`."""

    type: ClassVar[str] = "flushed"
    heard: float


@dataclass(frozen=True, slots=True)
class Underway:
    """How far the work on a file is: fraction, 0 to 1, of a stage, extract or transcribe."""

    type: ClassVar[str] = "progress"
    stage: str
    fraction: float


@dataclass(frozen=True, slots=True)
class Lag:
    """The text is `seconds` behind the sound; nothing is lost."""

    type: ClassVar[str] = "lag"
    seconds: float


@dataclass(frozen=True, slots=True)
class Warn:
    """What the stream goes on without. code: for programs; message: for people."""

    type: ClassVar[str] = "warning"
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Error:
    """Why the stream ends early. code: for programs; message: for people, in the language they asked for.

    elsewhere: sockets of other processes that have room.
    """

    type: ClassVar[str] = "error"
    code: str
    message: str
    retry_after_s: int | None = None
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """All that was sent is written down; the server closes."""

    type: ClassVar[str] = "end"
    duration_s: float


Event = Waiting | Ready | Partial | Final | HeardUpTo | Flushed | Underway | Lag | Warn | Error | End


def to_dict(event: Event) -> dict[str, Any]:
    return {"type": event.type, **asdict(event)}
