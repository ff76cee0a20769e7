"""PocketSphinx for live streams: a process per stream, fed with each new piece of sound."""

import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.documents.transcript import Word
from app.engines.base import Hypothesis, LiveRequest
from app.engines.pocketsphinx.live_child import GIVEN_UP, HEADER
from app.engines.pocketsphinx.words import spell
from app.errors import N_, EngineFailed, EngineUnavailable

ANSWER_S = 60  # longer than any piece takes; a process that says nothing for so long is lost


@dataclass(slots=True)
class _Stream:
    """The connection to a stream's process. fed: samples of the present utterance that it has."""

    connection: socket.socket
    utterance: int = -1
    fed: int = 0


class PocketSphinxLive:
    """A LiveTranscriber of English. It takes no turns: its processes share the cores."""

    name = "PocketSphinx en-us"
    batch = 64  # each has a process of its own
    incremental = True

    def __init__(self) -> None:
        if not hasattr(socket, "send_fds"):
            raise EngineUnavailable(
                N_("PocketSphinx cannot hear live streams on Windows. Get Whisper and try again.")
            )
        self._streams: dict[str, _Stream] = {}
        self._start()

    def _start(self) -> None:
        self._control, theirs = socket.socketpair()
        script = Path(__file__).with_name("live_child.py")
        with theirs:
            self._process = subprocess.Popen([sys.executable, "-P", str(script)], stdin=theirs.fileno())

    def hear(self, requests: Sequence[LiveRequest]) -> list[Hypothesis | Exception]:
        """Feed all streams, then read all answers: they compute side by side."""
        sent = [self._send(request) for request in requests]
        return [error or self._receive(request) for request, error in zip(requests, sent, strict=True)]

    def forget(self, stream: str) -> None:
        known = self._streams.pop(stream, None)
        if known is not None:
            known.connection.close()

    def close(self) -> None:
        for stream in list(self._streams):
            self.forget(stream)
        self._control.close()
        self._process.kill()
        self._process.wait()

    def _send(self, request: LiveRequest) -> Exception | None:
        try:
            stream = self._streams.get(request.stream) or self._connect(request.stream)
            new = stream.utterance != request.utterance or stream.fed > len(request.samples)
            if new and stream.utterance >= 0:  # it was cut: end what was begun
                stream.connection.sendall(HEADER.pack(0, GIVEN_UP, 0))
                _line(stream.connection)
            if new:
                stream.utterance, stream.fed = request.utterance, 0
            samples = request.samples[stream.fed :]
            pcm = (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()
            stream.connection.sendall(HEADER.pack(new, request.final, len(pcm)) + pcm)
            stream.fed = len(request.samples)
        except OSError as error:
            return self._lost(request.stream, error)
        return None

    def _receive(self, request: LiveRequest) -> Hypothesis | Exception:
        stream = self._streams[request.stream]
        try:
            heard = json.loads(_line(stream.connection))
        except (OSError, ValueError) as error:
            return self._lost(request.stream, error)
        if request.final:
            stream.utterance, stream.fed = -1, 0
        words = tuple(
            Word(start, end, spell(text, first=i == 0), round(min(1.0, probability), 3))
            for i, (text, start, end, probability) in enumerate(heard)
        )
        return Hypothesis(" ".join(word.text for word in words), words, "en" if words else None)

    def _connect(self, name: str) -> _Stream:
        if self._process.poll() is not None:
            self._control.close()
            self._start()
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"s"], [theirs.fileno()])
        ours.settimeout(ANSWER_S)
        stream = self._streams[name] = _Stream(ours)
        return stream

    def _lost(self, name: str, cause: Exception) -> EngineFailed:
        self.forget(name)
        failed = EngineFailed(N_("PocketSphinx stopped while it worked. Try again."))
        failed.__cause__ = cause
        return failed


def _line(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
        if part.endswith(b"\n"):
            return b"".join(parts)
    raise ConnectionError("the process has ended")
