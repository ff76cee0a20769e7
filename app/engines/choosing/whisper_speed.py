"""WhisperSpeed: measures once, when nobody waits, how fast this machine hears; `auto` goes by it."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from app.audio.waveform import SPEECH_RATE_HZ, Span, Waveform
from app.config import Config
from app.engines.base import TranscribeOptions, Transcriber
from app.engines.choosing.transcribers import wanted_weights
from app.engines.choosing.whisper_sizes import Speed, keep, machine, measured
from app.engines.compute.device import Device, cores
from app.engines.weights.facts import WHISPER_MILLIONS
from app.engines.weights.sources import Weights

LOOK_S = 15.0  # how often it is looked whether it can be measured
# LJ Speech LJ001-0001 and LJ001-0004, and John F. Kennedy, 1961, all public domain: 27 s, one window of
# Whisper, in which nothing is said twice, for it looks again at what repeats itself.
SPEECH = Path(__file__).with_name("measured_speech.flac")
QUIET = 0.75  # processes that want to run, for each core
ROUNDS = 2  # the quicker one counts: others use the machine too


class _NotAloneError(Exception):
    """Somebody's work stands beside the measurement, which then says nothing."""


class WhisperSpeed:
    """Measures with the Whisper that a recording has loaded, so that no start is slower.

    Args:
        loaded: gives the size of Whisper that is loaded, and what hears by it; None: none is.
        idle: tells whether nothing else works now, and the program goes on.
        fetch: gets weights in the background.
        clock: seconds, of which only differences count; load: processes that want to run, on the average.
    """

    def __init__(
        self,
        config: Config,
        device: Device,
        loaded: Callable[[], tuple[str, Transcriber] | None],
        idle: Callable[[], bool],
        fetch: Callable[[Weights], None],
        clock: Callable[[], float] = time.perf_counter,
        load: Callable[[], float] = lambda: os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
    ) -> None:
        self._config, self._device = config, device
        self._loaded, self._idle, self._fetch, self._clock, self._load = loaded, idle, fetch, clock, load

    def run_once(self) -> bool:
        """Measure, where that is to be done and nobody waits. Returns whether it was done."""
        import soundfile

        found = self._loaded()
        if found is None or self._config.whisper_model != "auto":
            return False
        size, transcriber = found
        kind = self._device.kind
        if size not in WHISPER_MILLIONS or measured(self._config, kind) or not self._idle():
            return False
        if self._load() > QUIET * cores(self._config.compute_threads):
            return False  # other programs compute
        sound = Waveform(soundfile.read(SPEECH, dtype="float32", always_2d=True)[0].T, SPEECH_RATE_HZ)
        try:
            took_s = min(self._hear(transcriber, sound) for _ in range(ROUNDS))
        except _NotAloneError:
            return False
        keep(self._config.data_dir, Speed(*machine(self._config, kind), size, took_s / sound.duration_s))
        best = wanted_weights(self._config, kind)[0]
        if best.size_bytes <= self._config.max_fetch_bytes and not best.present(self._config.models_dir):
            self._fetch(best)
        return True

    def _hear(self, transcriber: Transcriber, sound: Waveform) -> float:
        began = self._clock()
        transcriber.transcribe(sound, [Span(0.0, sound.duration_s)], TranscribeOptions("en"), self._look)
        self._look(1.0)
        return self._clock() - began

    def _look(self, _fraction: float) -> None:
        if not self._idle():
            raise _NotAloneError
