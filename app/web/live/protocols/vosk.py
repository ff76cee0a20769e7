"""Vosk's server (alphacep/vosk-server, websocket): each packet is answered by one message."""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from app.errors import N_, BadInput
from app.live.events import End, Event, Final, Flushed, Partial
from app.live.packets import SoundFormat
from app.web.core.foreign_requests import refuse_others
from app.web.live.protocols.base import Command, Opening, Received, Say
from app.web.live.protocols.json_message import read_object, sound_of

KNOWN = ("sample_rate", "words", "model")  # model: here hears the one that is set up
CONFIG_FIRST = N_('Send {"config": {"sample_rate": …}} before the sound.')
CHANGED = N_("The sample rate cannot be changed once sound has come.")


class VoskProtocol:
    """A recognizer's client: partials and texts, one for each packet; what is left comes after its eof."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._sound = SoundFormat()
        self._with_words = True  # as that server by default
        self._partial = ""
        self._finals: deque[Final] = deque()

    def open(self, messages: Iterator[str | bytes]) -> Opening:
        first = next(messages)
        if isinstance(first, bytes):  # the rate of such sound is known to nobody
            raise BadInput(CONFIG_FIRST)
        config = _config(first)
        if config is None or "sample_rate" not in config:
            raise BadInput(CONFIG_FIRST)
        self._sound = sound_of(config["sample_rate"])
        self._with_words = bool(config.get("words", True))
        return Opening(self._sound, "auto")

    def read(self, message: str | bytes) -> Iterable[Received]:
        if isinstance(message, bytes):
            yield message
            self._answer()
            return
        config = _config(message)
        if config is not None:
            if sound_of(config.get("sample_rate", self._sound.sample_rate)) != self._sound:
                raise BadInput(CHANGED)
            return
        asked = read_object(message)
        refuse_others(asked, ("eof", "reset"))
        if asked.get("eof"):
            yield Command.FINISH
        elif asked.get("reset"):
            yield Command.FLUSH

    def write(self, event: Event) -> None:
        if isinstance(event, Partial):
            self._partial = event.text
        elif isinstance(event, Final):
            self._partial = ""
            self._finals.append(event)
        elif isinstance(event, End | Flushed):
            self._result([*self._finals])
            self._finals.clear()

    def _answer(self) -> None:
        """Answer a packet: its client waits for one message before it sends the next."""
        if self._finals:
            self._result([self._finals.popleft()])
        else:
            self._tell({"partial": self._partial})

    def _result(self, finals: list[Final]) -> None:
        text = " ".join(final.text for final in finals)
        words = [
            {"conf": _confidence(word.probability), "end": word.end, "start": word.start, "word": word.text}
            for final in finals
            for word in final.words
        ]
        self._tell({"result": words, "text": text} if words and self._with_words else {"text": text})

    def _tell(self, answer: dict[str, Any]) -> None:
        self._say(json.dumps(answer, ensure_ascii=False))


def _config(message: str) -> dict[str, Any] | None:
    """Return the settings that a message brings, if it is one of these."""
    config = read_object(message).get("config")
    if config is None:
        return None
    if not isinstance(config, dict):
        raise BadInput(CONFIG_FIRST)
    refuse_others(config, KNOWN)
    return config


def _confidence(probability: float | None) -> float:
    return 1.0 if probability is None else round(probability, 6)
