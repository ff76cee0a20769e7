"""Whisper for live streams: an utterance is heard anew as it grows, those of several streams together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.audio.waveform import SPEECH_RATE_HZ
from app.documents.transcript import Word
from app.engines.base import Hypothesis, LiveRequest
from app.engines.compute.device import Device
from app.engines.whisper.decoded import DecodedWindow, went_wrong, without_inventions
from app.engines.whisper.hallucination import shorten
from app.engines.whisper.model import GREEDY, Features, Search, WhisperModel

BATCH = {"cuda": 8}
CPU_BATCH = 1  # a CPU gains a fifth by three together, and each of them waits for all
# A stream keeps its language until another is this likely for a whole utterance of at least so many seconds:
# of a word or two the guess is often wrong.
SURE, SURE_AFTER_S = 0.8, 1.5
AGAIN = Search(temperature=0.4, width=5)  # for a final that looks like a loop or like garbage


@dataclass(slots=True)
class _Stream:
    """What is remembered of a stream. tokens: heard last of `utterance`; language: of its last final."""

    utterance: int = -1
    tokens: tuple[int, ...] = ()
    language: str | None = None


class WhisperLive:
    """A LiveTranscriber on the network that transcribes recordings, not on a copy of it.

    Args:
        width: of the search for finals, as in `Search`; partials, and finals in a hurry, take the likeliest.
    """

    incremental = False

    def __init__(self, model: WhisperModel, name: str, device: Device, width: int = 1) -> None:
        self.name = name
        self.batch = BATCH.get(device.name.partition(":")[0], CPU_BATCH)
        self._model = model
        self._device = device
        self._thorough = Search(width=width)
        self._streams: dict[str, _Stream] = defaultdict(_Stream)

    def hear(self, requests: Sequence[LiveRequest]) -> list[Hypothesis | Exception]:
        """Hear the utterances in one turn: between two, a file's window would come in."""
        priority = min(request.priority for request in requests)
        return self._device.turn(priority, lambda: self._hear(requests))

    def forget(self, stream: str) -> None:
        self._streams.pop(stream, None)

    def close(self) -> None:
        """The network belongs to the engines."""

    def _hear(self, requests: Sequence[LiveRequest]) -> list[Hypothesis | Exception]:
        encoded = [self._model.encode(request.samples) for request in requests]
        alike: dict[tuple[str, Search], list[int]] = defaultdict(list)  # what may be decoded together
        for i, (request, features) in enumerate(zip(requests, encoded, strict=True)):
            search = self._thorough if request.final and not request.hurried else GREEDY
            alike[self._language(request, features), search].append(i)
        hypotheses: dict[int, Hypothesis] = {}
        for (language, search), rows in alike.items():
            durations = [len(requests[i].samples) / SPEECH_RATE_HZ for i in rows]
            draft = self._draft(requests[rows[0]])
            found = self._model.decode([encoded[i] for i in rows], durations, language, search, draft=draft)
            for i, heard, duration_s in zip(rows, found, durations, strict=True):
                hypotheses[i] = self._settle(requests[i], heard, encoded[i], language, duration_s)
        return [hypotheses[i] for i in range(len(requests))]

    def _settle(
        self, request: LiveRequest, heard: DecodedWindow, features: Features, language: str, duration_s: float
    ) -> Hypothesis:
        stream = self._streams[request.stream]
        stream.utterance, stream.tokens = request.utterance, heard.tokens
        heard = without_inventions(heard, duration_s)
        if not request.final:
            return hypothesis(heard, [], language, duration_s)
        if went_wrong(heard, duration_s):
            [again] = self._model.decode([features], [duration_s], language, AGAIN)
            again = without_inventions(again, duration_s)
            heard = heard if went_wrong(again, duration_s) else again
        lines = self._model.words(heard, language, features, duration_s)
        settled = hypothesis(heard, lines, language, duration_s)
        if settled.text and not settled.doubtful:
            stream.language = language
        return settled

    def _language(self, request: LiveRequest, features: Features) -> str:
        """Return the language that was asked for or, for "auto", what the stream seems to be in now."""
        if request.language != "auto":
            return request.language
        known = self._streams[request.stream].language
        if known and not (request.final and len(request.samples) >= SURE_AFTER_S * SPEECH_RATE_HZ):
            return known
        [chances] = self._model.languages([features])
        likeliest = max(chances, key=chances.__getitem__)
        return likeliest if known is None or chances[likeliest] >= SURE else known

    def _draft(self, request: LiveRequest) -> tuple[int, ...]:
        """Return what was heard last of this utterance."""
        stream = self._streams[request.stream]
        return stream.tokens if stream.utterance == request.utterance else ()


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
