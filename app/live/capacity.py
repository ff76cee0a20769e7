"""How many live streams this machine carries: measured on real speech with the engine that hears them."""

import math
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.engines.base import LiveRequest, LiveTranscriber
from app.engines.compute.device import cores

SPEECH = Path(__file__).with_name("measured_speech.flac")  # LJ Speech LJ001-0004, public domain: 5.1 s
ROUNDS = 3  # the quickest counts: others use the machine too
# Of the time, for people who all speak at once: the rest is for the voice detector, for uploads beside it and
# for utterances that end together.
BUSY = 0.7
MOST = 64


class Capacity:
    """Measures each engine once, when its first stream is opened.

    Args:
        clock: seconds, of which only differences count.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._measured: dict[str, int] = {}

    def of(self, engine: LiveTranscriber) -> int:
        """Return how many streams the engine carries, at least one. The first call takes a second or two."""
        with self._lock:
            if engine.name not in self._measured:
                self._measured[engine.name] = self._measure(engine)
            return self._measured[engine.name]

    @property
    def known(self) -> int | None:
        """How many streams the engines that were measured carry, at least. None: none was."""
        return min(self._measured.values(), default=None)

    def _measure(self, engine: LiveTranscriber) -> int:
        import soundfile

        speech: Samples = soundfile.read(SPEECH, dtype="float32")[0]
        together = min(engine.batch, cores())
        seconds_s = min(self._hear(engine, speech, together, n) for n in range(ROUNDS))
        load = seconds_s / (together * len(speech) / SPEECH_RATE_HZ)  # of one stream whose people never pause
        return min(MOST, max(1, math.floor(BUSY / load))) if load else MOST

    def _hear(self, engine: LiveTranscriber, speech: Samples, together: int, n: int) -> float:
        """Return how long it takes to hear an utterance as streams do: once in its middle, once whole."""
        names = [f"measured {n}.{i}" for i in range(together)]
        began = self._clock()
        for samples, final in ((speech[: len(speech) // 2], False), (speech, True)):
            for answer in engine.hear([LiveRequest(name, 0, samples, "en", final) for name in names]):
                if isinstance(answer, Exception):
                    raise answer
        took_s = self._clock() - began
        for name in names:
            engine.forget(name)
        return took_s
