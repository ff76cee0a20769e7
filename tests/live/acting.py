"""Streams with sound that is loud or silent, and an engine whose words count its seconds."""

from collections.abc import Sequence

import numpy as np

from app.documents.transcript import Word
from app.engines.base import Hypothesis, LiveRequest
from app.live.events import Final
from app.live.hub import LiveHub
from app.live.packets import SoundFormat
from app.live.session import LiveSession

SPEECH, SILENCE = np.full(16_000, 0.5, np.float32), np.zeros(16_000, np.float32)


class Loudness:
    """A voice detector that takes what is loud for speech."""

    def follow(self, pieces: Sequence[tuple[np.ndarray, object]]) -> list[tuple[np.ndarray, object]]:
        return [(np.abs(samples).reshape(-1, 512).mean(axis=1), None) for samples, _ in pieces]


class Counting:
    """An engine whose words say how many seconds of the utterance it heard, and which breaks on demand."""

    name, batch, incremental = "counting", 2, False

    def __init__(self) -> None:
        self.batches: list[list[LiveRequest]] = []
        self.broken: set[str] = set()
        self.forgotten: list[str] = []

    def voice_detector(self, progress: object) -> Loudness:
        return Loudness()

    def live_transcriber(self, language: str) -> "Counting":
        return self

    def hear(self, requests: Sequence[LiveRequest]) -> list[Hypothesis | Exception]:
        self.batches.append(list(requests))
        if any(request.stream in self.broken for request in requests):
            raise RuntimeError("the model broke")
        texts = [[str(i) for i in range(round(len(r.samples) / 16_000))] for r in requests]
        return [
            Hypothesis(" ".join(text), tuple(Word(0.0, 1.0, word) for word in text), "en") for text in texts
        ]

    def forget(self, stream: str) -> None:
        self.forgotten.append(stream)

    def close(self) -> None: ...


def opened(hub: LiveHub) -> LiveSession:
    return hub.open(SoundFormat(format="f32le"), "en", start=False)


def feed(session: LiveSession, *seconds: np.ndarray) -> None:
    for second in seconds:
        session.accept_chunk(second.astype("<f4").tobytes())


def run(hub: LiveHub, turns: int = 40) -> None:
    for _ in range(turns):
        hub.run_once()


def said(text: str, start: float, end: float, language: str = "en") -> Final:
    return Final(start, end, text, (Word(start, end, text, 0.5),), language, False, end)
