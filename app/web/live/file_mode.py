"""The socket's `file` mode: the bytes of any recording come in, and it is transcribed as a whole."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from app.audio.decode import decode_speech
from app.audio.wav import WavFile
from app.documents.transcript import Transcript
from app.engines.base import TranscribeOptions
from app.engines.compute.device import Priority
from app.errors import BadInput, JobCancelled
from app.live.events import End, Error, Event, Final, Ready, Underway
from app.pipeline.limits import limits_of
from app.pipeline.speech_finder import speech_finder
from app.pipeline.stages.transcribe import hear
from app.web.core.context import Konspekt
from app.web.core.errors import translate
from app.web.core.multipart import Part
from app.web.core.sync_calls import call_folder, call_slot
from app.web.live.protocols.base import Command
from app.web.live.socket import Connection
from app.web.live.stream import messages
from app.web.live.waiting import served

TELL_S = 1.0  # between two messages about the same stage

Send = Callable[[Event], None]


def serve(ws: Connection, parts: Konspekt, language: str, send: Send) -> bool:
    """Take one file and answer with its text. True: it came to its end, or `send` said why not.

    Raises:
        Overloaded: as many files as may be are transcribed for waiting programs, and as many wait for that.
        JobCancelled: the client has gone, or the server stops.
    """
    try:
        with call_folder() as folder:
            with _slot_in_turn(ws, parts, folder):
                parts.jobs.admit(0, 0)
                engine = parts.engines.transcriber(language, lambda _: _check_wanted(ws, parts))
            send(Ready(secrets.token_hex(8), engine.name, language))
            file = _receive(ws, parts, folder)
            with _slot_in_turn(ws, parts, folder, beyond=True):
                transcript = _transcribe(file, parts, language, _Telling(ws, parts, folder, send))
        for segment in transcript.segments:
            words, end = segment.words, segment.end
            send(Final(segment.start, end, segment.text, words, transcript.language, segment.doubtful, end))
        send(End(round(transcript.duration_s, 2)))
    except BadInput as error:
        send(Error("bad_file", translate(error)))
        return False
    return True


@contextmanager
def _slot_in_turn(ws: Connection, parts: Konspekt, folder: Path, beyond: bool = False) -> Iterator[None]:
    """Take one of the places of synchronous calls, after those who wait for one on the socket."""
    with ExitStack() as place:
        served(
            ws,
            parts,
            parts.file_line,
            lambda: place.enter_context(call_slot()),
            beyond=beyond,
            meanwhile=partial(os.utime, folder),  # the janitor removes what nobody has touched for long
        )
        yield


def _receive(ws: Connection, parts: Konspekt, folder: Path) -> Path:
    """Write what comes to a file, until the end is said."""
    part = Part(folder, parts.config.max_upload_bytes, parts.config.disk_reserve_bytes)
    try:
        for message in messages(ws, parts):
            for received in ws.protocol.read(message):
                if isinstance(received, bytes):
                    part.write(received)
                elif received is Command.FINISH:
                    return part.path
        raise JobCancelled  # not reached: messages end with an error
    finally:
        part.close()


def _transcribe(file: Path, parts: Konspekt, language: str, telling: "_Telling") -> Transcript:
    speech = file.with_name("speech.wav")
    extracting = partial(telling, "extract")
    decode_speech(
        file,
        speech,
        limits=limits_of(parts.config),
        progress=extracting,
        find_speech=speech_finder(parts.engines, extracting),
    )
    file.unlink()
    options = TranscribeOptions(language, priority=Priority.INTERACTIVE)
    return hear(WavFile(speech), parts.engines, options, partial(telling, "transcribe"))


def _check_wanted(ws: Connection, parts: Konspekt) -> None:
    """Raise JobCancelled where nobody waits any more; the weights may still be on their way."""
    if parts.stopping.is_set() or not ws.connected:
        raise JobCancelled


class _Telling:
    """A progress that tells the client, and stops the work when nobody waits for it any more."""

    def __init__(self, ws: Connection, parts: Konspekt, folder: Path, send: Send) -> None:
        self._ws = ws
        self._parts = parts
        self._folder = folder
        self._send = send
        self._told: tuple[str, float] = ("", 0.0)

    def __call__(self, stage: str, fraction: float) -> None:
        _check_wanted(self._ws, self._parts)
        if stage == self._told[0] and time.monotonic() - self._told[1] < TELL_S:
            return
        self._told = (stage, time.monotonic())
        os.utime(self._folder)  # the janitor removes folders that nobody has touched for long
        self._send(Underway(stage, round(fraction, 3)))
