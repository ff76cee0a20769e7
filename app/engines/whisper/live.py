"""Whisper for live streams: an utterance is heard anew as it grows, those of several streams together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from app.audio.waveform import SPEECH_RATE_HZ
from app.documents.transcript import Word
from app.engines.base import Hypothesis, LiveRequest
from app.engines.compute.device import Device
from app.engines.whisper.decoded import DecodedWindow, went_wrong, without_inventions
from app.engines.whisper.hallucination import shorten
from app.engines.whisper.model import WhisperModel

BATCH = {"cuda": 8}
CPU_BATCH = 1  # a CPU gains a fifth by three together, and each of them waits for all


class WhisperLive:
    """A LiveTranscriber on the network that transcribes recordings, not on a copy of it."""

    def __init__(self, model: WhisperModel, name: str, device: Device) -> None:
        self.name = name
        self.batch = BATCH.get(device.name.partition(":")[0], CPU_BATCH)
        self._model = model
        self._device = device
        self._last: dict[str, tuple[int, tuple[int, ...]]] = {}  # of each stream: utterance and its tokens

    def hear(self, requests: Sequence[LiveRequest]) -> list[Hypothesis | Exception]:
        """Hear the utterances in one turn: between two, a file's window would come in."""
        priority = min(request.priority for request in requests)
        return self._device.turn(priority, lambda: self._hear(requests))

    def _hear(self, requests: Sequence[LiveRequest]) -> list[Hypothesis | Exception]:
        model = self._model
        encoded = [model.encode(request.samples) for request in requests]
        by_language: dict[str, list[int]] = defaultdict(list)
        for i, (request, features) in enumerate(zip(requests, encoded, strict=True)):
            language = request.language
            if language == "auto":
                chances = model.languages([features])[0]
                language = max(chances, key=chances.__getitem__)
            by_language[language].append(i)
        hypotheses: dict[int, Hypothesis] = {}
        for language, rows in by_language.items():
            durations = [len(requests[i].samples) / SPEECH_RATE_HZ for i in rows]
            draft = self._draft(requests[rows[0]])
            found = model.decode([encoded[i] for i in rows], durations, language, draft=draft)
            for i, heard, duration_s in zip(rows, found, durations, strict=True):
                self._last[requests[i].stream] = requests[i].utterance, heard.tokens
                heard = without_inventions(heard, duration_s)
                lines: list[list[Word]] = []
                if requests[i].final:
                    lines = model.words(heard, language, encoded[i], duration_s)
                hypotheses[i] = hypothesis(heard, lines, language, duration_s)
        return [hypotheses[i] for i in range(len(requests))]

    def forget(self, stream: str) -> None:
        self._last.pop(stream, None)

    def _draft(self, request: LiveRequest) -> tuple[int, ...]:
        """Return what was heard last of this utterance."""
        utterance, tokens = self._last.get(request.stream, (-1, ()))
        return tokens if utterance == request.utterance else ()

    def close(self) -> None:
        """The network belongs to the engines."""


def hypothesis(
    heard: DecodedWindow, lines: Sequence[Sequence[Word]], language: str, duration_s: float
) -> Hypothesis:
    """Put together what was decoded; without `lines`, its words have no times."""
    text = heard.text.strip()
    doubtful = went_wrong(heard, duration_s)
    if doubtful:
        return Hypothesis(shorten(text), (), language, doubtful=True)
    words = tuple(
        replace(word, text=word.text.strip()) for line in lines for word in line if word.text.strip()
    )
    if not lines:
        words = tuple(Word(0.0, 0.0, word) for word in text.split())
    return Hypothesis(text, words, language if text else None)
