"""WhisperLive (collabora/WhisperLive): 32-bit floats at 16 kHz come, the last segments go back."""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext

from app.errors import N_, BadInput
from app.live.events import Error, Event, Final, Partial, Ready, Warn
from app.live.packets import SoundFormat
from app.web.core import languages
from app.web.core.foreign_requests import NOT_DONE, refuse_others
from app.web.live.protocols.base import Command, Opening, Received, Say
from app.web.live.protocols.json_message import read_object

FOLLOWED = ("uid", "language", "task", "send_last_n_segments", "enable_diarization", "word_timestamps")
HOW_IT_HEARS = (  # tells that server's own model and detector; here hear those that are set up
    *("model", "use_vad", "vad_parameters", "no_speech_thresh", "clip_audio", "same_output_threshold"),
    *("max_speakers", "target_language"),
)
PASSED_OVER = ("initial_prompt", "hotwords")  # of which the client is told
NOT_HEEDED = N_("%(name)s is not heeded here; the speech is heard without it.")
NO_UID = N_("The first message must say a uid.")
END_OF_AUDIO = b"END_OF_AUDIO"
LAST_SEGMENTS = 10  # as that server by default
BACKEND = "faster_whisper"  # its client keeps segments of a server of this name only


class WhisperLiveProtocol:
    """A client that is sent the last finals and the present partial again and again."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._uid = ""
        self._language: str | None = None  # once the client knows it
        self._with_words = False
        self._not_heeded: list[str] = []
        self._finals: deque[dict[str, Any]] = deque(maxlen=LAST_SEGMENTS)

    def open(self, messages: Iterator[str | bytes]) -> Opening:
        hello = read_object(next(messages))
        if not isinstance(hello.get("uid"), str):
            raise BadInput(NO_UID)
        self._uid = hello["uid"][:200]
        refuse_others(hello, (*FOLLOWED, *HOW_IT_HEARS, *PASSED_OVER))
        if hello.get("task", "transcribe") != "transcribe":
            raise BadInput(NOT_DONE, name="task")
        most = hello.get("send_last_n_segments")
        if isinstance(most, int) and 0 < most <= 1000:
            self._finals = deque(maxlen=most)
        self._with_words = bool(hello.get("word_timestamps"))
        self._not_heeded = [name for name in PASSED_OVER if hello.get(name)]
        self._language = hello.get("language") or None
        language = languages.chosen(str(self._language or "auto"))
        return Opening(SoundFormat(format="f32le"), language, bool(hello.get("enable_diarization")))

    def read(self, message: str | bytes) -> Iterable[Received]:
        if not isinstance(message, bytes):
            raise BadInput(NOT_DONE, name=message)
        return (Command.FINISH,) if message == END_OF_AUDIO else (message,)

    def write(self, event: Event) -> None:
        if isinstance(event, Ready):
            self._tell(message="SERVER_READY", backend=BACKEND)
            for name in self._not_heeded:
                self._tell(status="WARNING", message=gettext(NOT_HEEDED, name=name))
        elif isinstance(event, Partial):
            self._tell(segments=[*self._finals, _segment(event, completed=False)])
        elif isinstance(event, Final):
            if self._language is None and event.language:
                self._language = event.language
                self._tell(language=event.language)
            self._finals.append(self._final(event))
            self._tell(segments=[*self._finals])
        elif isinstance(event, Warn):
            self._tell(status="WARNING", message=event.message)
        elif isinstance(event, Error):
            self._tell(status="ERROR", message=event.message)

    def _final(self, event: Final) -> dict[str, Any]:
        segment = _segment(event, completed=True)
        if self._with_words:
            segment["words"] = [
                {"word": word.text, "start": word.start, "end": word.end, "probability": word.probability}
                for word in event.words
            ]
        return segment if event.speaker is None else {**segment, "speaker": event.speaker}

    def _tell(self, **fields: object) -> None:
        self._say(json.dumps({"uid": self._uid, **fields}, ensure_ascii=False))


def _segment(event: Partial | Final, *, completed: bool) -> dict[str, Any]:
    """Write a segment as that server does, with times in text."""
    return {
        "start": f"{event.start:.3f}",
        "end": f"{event.end:.3f}",
        "text": event.text,
        "completed": completed,
    }
