"""Wyoming, by which Home Assistant asks for speech to text: sound between a start and a stop, then a text."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.errors import N_, BadInput
from app.live.events import End, Error, Event, Final
from app.live.packets import SAMPLE_BYTES, SoundFormat
from app.web.core import languages
from app.web.core.foreign_requests import NOT_DONE
from app.web.live.protocols.base import Command, Opening, Received
from app.web.live.protocols.json_message import sound_of

WIDTH = SAMPLE_BYTES["s16le"]
WIDTH_ONLY = N_("The samples must be of 16 bits (width 2).")
CHANGED = N_("The form of the sound cannot change in the middle of it.")
OUR_PLACE = {"name": "Konspekt", "url": ""}


@dataclass(frozen=True, slots=True)
class WyomingMessage:
    """An event of Wyoming's. payload: sound."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    payload: bytes = b""


class WyomingProtocol:
    """A client that speaks once. description: of what hears here: its name, and its languages' codes."""

    def __init__(self, say: Callable[[WyomingMessage], None], name: str, codes: Iterable[str]) -> None:
        self._say = say
        self._name, self._codes = name, sorted(codes)
        self._sound: SoundFormat | None = None
        self._language: str = "auto"
        self._finals: list[Final] = []

    def open(self, messages: Iterator[WyomingMessage]) -> Opening:
        for message in messages:
            if message.type == "audio-start":
                self._sound = _sound(message.data)
                return Opening(self._sound, self._language)
            if message.type == "describe":
                self._say(WyomingMessage("info", self._info()))
            elif message.type == "transcribe":
                self._language = languages.chosen(str(message.data.get("language") or "auto"))
            else:
                self._ping(message)
        raise AssertionError("messages end by raising")

    def read(self, message: WyomingMessage) -> Iterable[Received]:
        if message.type == "audio-chunk":
            if _sound(message.data) != self._sound:
                raise BadInput(CHANGED)
            yield message.payload
        elif message.type == "audio-stop":
            yield Command.FINISH
        else:
            self._ping(message)

    def write(self, event: Event) -> None:
        if isinstance(event, Final):
            self._finals.append(event)
        elif isinstance(event, End):
            text = " ".join(final.text for final in self._finals)
            language = next((final.language for final in self._finals if final.language), None)
            self._say(WyomingMessage("transcript", {"text": text, "language": language}))
        elif isinstance(event, Error):
            self._say(WyomingMessage("error", {"text": event.message, "code": event.code}))

    def _ping(self, message: WyomingMessage) -> None:
        if message.type != "ping":
            raise BadInput(NOT_DONE, name=message.type[:50])
        self._say(WyomingMessage("pong", message.data))

    def _info(self) -> dict[str, Any]:
        ours = {"attribution": OUR_PLACE, "installed": True, "version": None}
        model = {"name": self._name, "description": self._name, "languages": self._codes, **ours}
        program = {"name": "konspekt", "description": "Konspekt", "models": [model], **ours}
        return {"asr": [{**program, "supports_transcript_streaming": False}]}


def _sound(said: Mapping[str, Any]) -> SoundFormat:
    if said.get("width") != WIDTH:
        raise BadInput(WIDTH_ONLY)
    return sound_of(said.get("rate"), said.get("channels"))
