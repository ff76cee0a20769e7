"""One Protocol per role. An engine wraps one model; the pipeline knows only what stands here.

An engine imports its library inside its constructor, and calls its model only through `Device.turn`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from app.audio.waveform import Samples, Sound, Span
from app.documents.minutes import Minutes
from app.documents.transcript import Segment, Transcript, Word
from app.engines.checkpoints import StateCheckpoint
from app.engines.compute.device import Priority
from app.engines.pooling import Vector
from app.progress import Progress
from app.summarization.kept_answers import Answers


@runtime_checkable
class Closable(Protocol):
    """An engine that holds more than memory is closed with the program."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """What a transcriber has heard of a recording up to `until_s`, for it to go on from.

    chances, spoken_s: of languages, in seconds of speech.
    """

    until_s: float = 0.0
    segments: tuple[Segment, ...] = ()
    chances: dict[str, float] = field(default_factory=dict)
    spoken_s: dict[str, float] = field(default_factory=dict)


class Checkpoint(Protocol):
    """Keeps what is heard of one recording, so that work that was killed goes on."""

    def resume(self, by: str) -> Heard:
        """Return what was heard so far; by: the engine, and all else that decides its text."""
        ...

    def add(self, part: Heard) -> None:
        """Keep what was heard since: its segments are new, its languages those of all so far."""
        ...


Task = Literal["transcribe", "translate"]
"""Whether what is said is written in its own language or, by what can do that, in English."""


@dataclass(frozen=True, slots=True)
class TranscribeOptions:
    """language: ISO 639-1 code or "auto"; prompt: names and terms to expect; model: Whisper's size."""

    language: str = "auto"
    prompt: str = ""
    temperature: float = 0.0
    priority: Priority = Priority.BATCH
    checkpoint: Checkpoint | None = None  # None: what is heard is kept nowhere meanwhile
    model: str = "auto"
    task: Task = "transcribe"


@dataclass(frozen=True, slots=True)
class SummarizeOptions:
    """answers: where those of a chat model are kept meanwhile. None: nowhere."""

    priority: Priority = Priority.BATCH
    answers: Answers | None = None


VoiceState = Any
"""What a voice detector remembers of a live stream; only the detector looks inside."""


class VoiceDetector(Protocol):
    """Finds where somebody speaks."""

    @property
    def name(self) -> str: ...

    def detect(self, sound: Sound, progress: Progress) -> Iterator[Span]:
        """Yield the spans of speech, each as soon as so much of the sound is read."""
        ...

    def follow(
        self, pieces: Sequence[tuple[Samples, VoiceState | None]]
    ) -> Sequence[tuple[Samples, VoiceState]]:
        """Judge the next piece of each of several live streams: each window's probability of speech.

        pieces: 16 kHz samples, a multiple of WINDOW; and the state that the last piece gave, None at first.
        """
        ...


class Transcriber(Protocol):
    """Writes down what is said within the spans of speech; hears nothing outside of them."""

    @property
    def name(self) -> str: ...

    @property
    def languages(self) -> frozenset[str] | None:
        """ISO 639-1 codes it hears; None: any."""
        ...

    def transcribe(
        self, speech: Sound, spans: Iterable[Span], options: TranscribeOptions, progress: Progress
    ) -> Transcript:
        """Hear the spans, taking them as it comes to them; progress: how far into the recording it is."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class LiveRequest:
    """An utterance of a live stream, as far as it is spoken.

    stream, utterance: what an incremental engine remembers it by; samples: all of it so far, (n,) float32 at
    16 kHz, at most 28 s; final: it has ended, or will have if nobody goes on; hurried: others wait, so that
    text a little worse and sooner is the better one; priority: LIVE_FINAL or LIVE_PARTIAL.
    """

    stream: str
    utterance: int
    samples: Samples
    language: str
    final: bool
    hurried: bool = False

    @property
    def priority(self) -> Priority:
        return Priority.LIVE_FINAL if self.final else Priority.LIVE_PARTIAL


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What is heard of an utterance. words: times in s within it; those of a partial one may be 0."""

    text: str
    words: tuple[Word, ...]
    language: str | None
    doubtful: bool = False


class LiveTranscriber(Protocol):
    """Writes down many streams while people speak."""

    @property
    def name(self) -> str: ...

    @property
    def batch(self) -> int:
        """How many utterances it hears together."""
        ...

    @property
    def incremental(self) -> bool:
        """Tell whether it hears only what is new, so that a final ends an utterance for good."""

    def hear(self, requests: Sequence[LiveRequest]) -> list[Hypothesis | Exception]:
        """Hear utterances of different streams; what fails for one of them stands in its place."""
        ...

    def forget(self, stream: str) -> None:
        """Let go of what is remembered of a stream."""
        ...

    def close(self) -> None: ...


class Summarizer(Protocol):
    """Writes the minutes of a meeting from its transcript, in the transcript's language."""

    @property
    def name(self) -> str: ...

    def summarize(self, transcript: Transcript, options: SummarizeOptions, progress: Progress) -> Minutes: ...


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """The vector of a recording: (dimension,) float32, and what made it, for people."""

    vector: Vector
    engine: str
    pooling: str


class Embedder(Protocol):
    """Turns the sound of a recording into one vector."""

    @property
    def name(self) -> str: ...

    @property
    def identity(self) -> str:
        """All that decides what it makes of a sound: the model, its weights, its settings."""

    @property
    def dimension(self) -> int: ...

    def embed(
        self, sound: Sound, pooling: str, progress: Progress, checkpoint: StateCheckpoint | None = None
    ) -> Embedding:
        """Embed 16 kHz sound; `pooling` is a name in POOLINGS. It goes on from what the checkpoint holds."""

    def embed_many(self, sounds: Sequence[Sound], pooling: str, progress: Progress) -> list[Embedding]:
        """Embed several, as `embed` would each; those of like length may share a pass."""
