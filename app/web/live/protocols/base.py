"""What an adapter is: a client's messages become sound and commands, our events become its messages."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import Any, Protocol

from app.live.events import Error, Event
from app.live.packets import SoundFormat

Say = Callable[[Any], None]  # sends one message of the client's own form


class Close(IntEnum):
    """RFC 6455, section 7.4.1, and "try again later" of its registry."""

    NORMAL = 1000
    GOING_AWAY = 1001
    POLICY = 1008
    BROKEN = 1011
    TRY_AGAIN = 1013


class Command(Enum):
    """What a client may want beside sending sound."""

    FINISH = auto()  # no more sound comes
    FLUSH = auto()  # what was said so far is to be heard as finals now


Received = bytes | Command


@dataclass(frozen=True, slots=True)
class Opening:
    """The stream that a client asks for. language: a code, or auto; early: sound that has come already."""

    sound: SoundFormat
    language: str
    speakers: bool = False
    early: tuple[bytes, ...] = ()


class LiveProtocol(Protocol):
    """One client's way to speak. It is made with what sends a message, and may answer while it reads."""

    def read(self, message: Any) -> Iterable[Received]:
        """Return what a message of an open stream means. Raises BadInput: the stream ends."""
        ...

    def write(self, event: Event) -> None:
        """Say an event; texts for people are translated already."""
        ...


class LiveConnection(Protocol):
    """What a stream asks of a client's connection, which one thread uses; `wake` may come from any."""

    protocol: LiveProtocol

    @property
    def has_messages(self) -> bool: ...

    def receive(self, timeout: float) -> Any: ...

    def send(self, event: Event) -> None: ...

    def refuse(self, error: Error, code: Close) -> None: ...

    def close(self, code: Close, reason: str = "") -> None: ...

    def wait(self, timeout: float) -> None: ...

    def wake(self) -> None: ...

    def check(self) -> None: ...


class ForeignProtocol(LiveProtocol, Protocol):
    """The way of another program's client, who knows nothing of our hello."""

    def open(self, messages: Iterator[Any]) -> Opening:
        """Read what comes before the sound. Raises BadInput for what cannot be done as it is asked."""
        ...
