"""Deepgram's live API, /v1/listen: what is wanted stands in the address, results come as they settle."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from uuid import uuid4

from app.documents.transcript import Word
from app.errors import N_, BadInput
from app.live.events import End, Error, Event, Final, Flushed, Partial, Ready
from app.web.core.deepgram import (
    HOW_IT_HEARS,
    confidence_of,
    is_on,
    spoken_language,
    told_word,
    wants_speakers,
)
from app.web.core.foreign_requests import NOT_DONE, refuse_others
from app.web.live.protocols.base import Command, Opening, Received, Say
from app.web.live.protocols.json_message import read_object, sound_of

ENCODINGS = {"linear16": False, "linear32": True}  # whether its samples are floats
FOLLOWED = (
    *("encoding", "sample_rate", "channels", "language", "detect_language", "interim_results"),
    *("diarize", "diarize_model", "vad_events", "utterance_end_ms"),
)
PASSED_OVER = (*HOW_IT_HEARS, "endpointing", "no_delay", "token")  # pauses end an utterance, as they are
COMMANDS = {"CloseStream": (Command.FINISH,), "Finalize": (Command.FLUSH,), "KeepAlive": ()}
ENCODING = N_("Say encoding=linear16 (or linear32) and sample_rate: other sound is not read live.")
CHANNEL = [0, 1]  # the first of one: several are mixed


def opening_of(asked: Mapping[str, str]) -> Opening:
    """Return the stream that an address asks for. Raises BadInput for what cannot be done."""
    refuse_others(asked, (*FOLLOWED, *PASSED_OVER))
    if asked.get("encoding") not in ENCODINGS or "sample_rate" not in asked:
        raise BadInput(ENCODING)
    sound = sound_of(
        _number(asked["sample_rate"]), _number(asked.get("channels", "1")), ENCODINGS[asked["encoding"]]
    )
    return Opening(sound, spoken_language(asked), wants_speakers(asked))


def _number(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdigit() else None


class DeepgramProtocol:
    """A client of Deepgram's SDK. asked: the parameters of its address."""

    def __init__(self, say: Say, asked: Mapping[str, str]) -> None:
        self._say = say
        self._opening = opening_of(asked)
        self._with_partials = is_on(asked, "interim_results")
        self._with_starts = is_on(asked, "vad_events")
        self._with_ends = "utterance_end_ms" in asked
        self._speaks = False
        self._engine = ""
        self._sound_hash = sha256()
        self._id = str(uuid4())

    def open(self, messages: Iterator[str | bytes]) -> Opening:
        return self._opening

    def read(self, message: str | bytes) -> Iterable[Received]:
        if isinstance(message, bytes):
            self._sound_hash.update(message)
            return (message,) if message else (Command.FINISH,)
        commands = COMMANDS.get(str(read_object(message).get("type")))
        if commands is None:
            raise BadInput(NOT_DONE, name=message[:50])
        return commands

    def write(self, event: Event) -> None:
        if isinstance(event, Ready):
            self._engine = event.engine
        elif isinstance(event, Partial):
            self._tell_start(event.start)
            if self._with_partials:
                self._result(event.start, event.end, event.text, (), final=False)
        elif isinstance(event, Final):
            self._tell_start(event.start)
            self._speaks = False
            self._result(event.start, event.end, event.text, event.words, final=True, event=event)
            if self._with_ends:
                self._tell("UtteranceEnd", channel=CHANNEL, last_word_end=event.end)
        elif isinstance(event, Flushed):
            self._result(event.heard, event.heard, "", (), final=True)
        elif isinstance(event, Error):
            self._tell("Error", variant=event.code, description=event.message)
        elif isinstance(event, End):
            self._tell(
                "Metadata",
                transaction_key="deprecated",
                request_id=self._id,
                sha256=self._sound_hash.hexdigest(),
                created=datetime.now(UTC).isoformat().replace("+00:00", "Z"),
                duration=event.duration_s,
                channels=1,
            )

    def _tell_start(self, start: float) -> None:
        if self._with_starts and not self._speaks:
            self._tell("SpeechStarted", channel=CHANNEL, timestamp=start)
        self._speaks = True

    def _result(
        self,
        start: float,
        end: float,
        text: str,
        words: tuple[Word, ...],
        *,
        final: bool,
        event: Final | None = None,
    ) -> None:
        doubtful, speaker = (event.doubtful, event.speaker) if event else (False, None)
        told = [told_word(word, doubtful, speaker) for word in words]
        alternative = {
            "transcript": text,
            "confidence": confidence_of(told),
            "words": told,
        }
        self._tell(
            "Results",
            channel_index=CHANNEL,
            start=start,
            duration=round(end - start, 3),
            is_final=final,
            speech_final=final and event is not None,
            from_finalize=final and event is None,
            channel={"alternatives": [alternative]},
            metadata={
                "request_id": self._id,
                "model_info": {"name": self._engine, "version": "", "arch": self._engine},
                "model_uuid": "",
            },
        )

    def _tell(self, kind: str, **fields: object) -> None:
        self._say(json.dumps({"type": kind, **fields}, ensure_ascii=False))
