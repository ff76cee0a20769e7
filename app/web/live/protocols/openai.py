"""OpenAI's Realtime API, its transcription sessions (/v1/realtime): sound comes in JSON, in base64."""

import base64
import binascii
import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from flask_babel import gettext

from app.errors import N_, BadInput
from app.live.events import Error, Event, Final, Flushed, Partial
from app.web.live.protocols.base import Command, Opening, Received, Say
from app.web.live.protocols.json_message import read_object
from app.web.live.protocols.openai_session import TranscriptionSession, new_id

AFTER_SOUND = N_("Language and format cannot be changed once sound has come. Open another session.")
UNKNOWN_EVENT = N_("This server transcribes only: it does not know the event %(name)s.")
NO_SOUND = N_("audio must be base64.")
NOTHING_TO_COMMIT = N_("There is no new sound in the buffer.")
TURNS, FORGOTTEN = "", "-"  # what a flush is for, where it is not an item's end


class OpenAiProtocol:
    """A client of OpenAI's SDK. Its mistakes are told, and the session goes on, as there."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._session = TranscriptionSession()
        self._open = False
        self._item: str | None = None  # what is being said, or what the next commit makes
        self._last_item: str | None = None
        self._told = ""  # of the item, in deltas
        self._texts: list[str] = []  # its finals, where the client commits
        self._flushing: deque[str] = deque()  # what each flush that is not over yet is for: an item's end, …
        self._n_bytes = 0  # since the last commit

    def open(self, messages: Iterator[str | bytes]) -> Opening:
        self._tell("session.created", session=self._session.as_told())
        early: list[bytes] = []
        while not early:
            early += [part for part in self.read(next(messages)) if isinstance(part, bytes)]
        self._open = True
        return replace(self._session.opening(), early=tuple(early))

    def read(self, message: str | bytes) -> Iterable[Received]:
        said: dict[str, Any] = {}
        try:
            said = read_object(message)
            yield from self._understood(said)
        except BadInput as error:
            self._refuse(error, said)

    def _understood(self, said: dict[str, Any]) -> Iterable[Received]:
        kind = str(said.get("type"))
        if kind == "session.update":
            changed = self._session.updated(said.get("session"))
            if self._open and changed.opening() != self._session.opening():
                raise BadInput(AFTER_SOUND)
            self._session = changed
            self._tell("session.updated", session=changed.as_told())
        elif kind == "input_audio_buffer.append":
            yield from self._sound(said.get("audio"))
        elif kind == "input_audio_buffer.commit":
            if not self._n_bytes:
                raise BadInput(NOTHING_TO_COMMIT)
            self._n_bytes = 0
            self._flushing.append(TURNS if self._session.finds_turns else self._commit())
            yield Command.FLUSH
        elif kind == "input_audio_buffer.clear":
            self._item, self._told, self._n_bytes = None, "", 0
            if self._open:
                self._flushing.append(FORGOTTEN)
                yield Command.FLUSH
            self._tell("input_audio_buffer.cleared")
        else:
            raise BadInput(UNKNOWN_EVENT, name=kind[:50])

    def _sound(self, audio: object) -> Iterable[bytes]:
        try:
            sound = base64.b64decode(audio if isinstance(audio, str) else "?", validate=True)
        except (binascii.Error, ValueError):
            raise BadInput(NO_SOUND) from None
        self._n_bytes += len(sound)
        yield sound

    def write(self, event: Event) -> None:
        if isinstance(event, Partial):
            self._tell_start(event.start)
            self._tell_delta(event.settled)
        elif isinstance(event, Final):
            self._tell_start(event.start)
            self._tell_delta(event.text)
            self._final(event)
        elif isinstance(event, Flushed):
            self._flushed(self._flushing.popleft())
        elif isinstance(event, Error):
            self._tell("error", error=_error(event.message, event.code, None))

    def _flushed(self, what_for: str) -> None:
        if what_for not in (TURNS, FORGOTTEN):
            self._complete(what_for, " ".join(self._texts))
        if what_for != TURNS:
            self._texts = []

    @property
    def _makes_no_item(self) -> bool:
        """Whether what is heard now waits for the end of a flush, or for the client's commit."""
        return not self._session.finds_turns if not self._flushing else self._flushing[0] != TURNS

    def _final(self, event: Final) -> None:
        if self._makes_no_item:
            self._texts.append(event.text)
            self._told = ""
            return
        assert self._item is not None
        item = self._item
        self._tell("input_audio_buffer.speech_stopped", item_id=item, audio_end_ms=round(event.end * 1000))
        self._commit()
        self._complete(item, event.text, event.end - event.start)

    def _tell_start(self, start: float) -> None:
        if self._item is not None:
            return
        self._item = new_id("item")
        if self._session.finds_turns:
            told = {"item_id": self._item, "audio_start_ms": round(start * 1000)}
            self._tell("input_audio_buffer.speech_started", **told)

    def _tell_delta(self, text: str) -> None:
        """Tell what is new of a text; one that is said otherwise by now comes with the item's end."""
        if self._flushing or not text.startswith(self._told) or len(text) == len(self._told):
            return
        said, self._told = self._told, text
        space = " " if self._texts and not said else ""  # after an utterance of the same item
        self._transcription("delta", self._item, delta=space + text[len(said) :])

    def _commit(self) -> str:
        """Say that what was said is an item; return its id."""
        item, self._item, self._told = self._item or new_id("item"), None, ""
        before, self._last_item = self._last_item, item
        self._tell("input_audio_buffer.committed", item_id=item, previous_item_id=before)
        content = [{"type": "input_audio", "transcript": None}]
        made = {"id": item, "type": "message", "object": "realtime.item", "status": "completed"}
        self._tell(
            "conversation.item.added",
            previous_item_id=before,
            item={**made, "role": "user", "content": content},
        )
        return item

    def _complete(self, item: str, text: str, seconds: float = 0.0) -> None:
        usage = {"type": "duration", "seconds": round(seconds, 2)}
        self._transcription("completed", item, transcript=text, usage=usage)

    def _transcription(self, what: str, item: str | None, **fields: object) -> None:
        kind = f"conversation.item.input_audio_transcription.{what}"
        self._tell(kind, item_id=item, content_index=0, **fields)

    def _refuse(self, error: BadInput, said: dict[str, Any]) -> None:
        message = gettext(error.message, **error.params)
        self._tell("error", error=_error(message, "invalid_value", said.get("event_id")))

    def _tell(self, kind: str, **fields: object) -> None:
        self._say(json.dumps({"type": kind, "event_id": new_id("event"), **fields}, ensure_ascii=False))


def _error(message: str, code: str, event_id: object) -> dict[str, object]:
    return {
        "type": "invalid_request_error",
        "code": code,
        "message": message,
        "param": None,
        "event_id": event_id,
    }
