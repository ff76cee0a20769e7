"""Which engine does what: a dict literal per role, and the record that hands them to the pipeline."""

import logging
import os
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from app.audio import espeak
from app.config import Config
from app.engines import synthesis
from app.engines.base import Closable, Embedder, LiveTranscriber, Summarizer, Transcriber, VoiceDetector
from app.engines.choosing import (
    diarizers,
    embedders,
    live_transcribers,
    separators,
    summarizers,
    transcribers,
)
from app.engines.choosing.hearing import Hearing, hearing
from app.engines.choosing.transcribers import Failures
from app.engines.choosing.whisper_fetch import WhisperFetch
from app.engines.compute.available import available
from app.engines.compute.device import Device, Priority, cores
from app.engines.diarization import Diarizer
from app.engines.sound import Separator, SpokenVoice, Synthesizer
from app.engines.weights import bundled
from app.engines.weights.underway import Fetches, Underway
from app.errors import N_, AppError, EngineNotReady, EngineUnavailable
from app.progress import Progress

logger = logging.getLogger(__name__)
T = TypeVar("T")

# When a live stream that waits for weights is to ask again: before the pace is known, and the bounds
RETRY_S, LEAST_RETRY_S, MOST_RETRY_S = 10, 2, 60


class Engines(Protocol):
    """What stages ask for an engine. Engines are loaded on first use, once, and shared."""

    device: Device

    def voice_detector(self, progress: Progress) -> VoiceDetector: ...

    def transcriber(self, language: str, progress: Progress, model: str = "auto") -> Transcriber:
        """Choose for a language ("auto" or ISO 639-1), fetching weights if allowed; model: of Whisper.

        Raises UnsupportedLanguage or EngineUnavailable with the command that helps.
        """
        ...

    def summarizer(self, language: str | None, progress: Progress) -> Summarizer: ...

    def diarizer(self, progress: Progress) -> Diarizer:
        """Raises EngineUnavailable with the command that helps: a recording can do without."""
        ...

    def separator(self, progress: Progress) -> Separator:
        """Raises EngineUnavailable with the command that helps: a recording can do without."""
        ...

    def repairer(self, progress: Progress) -> Separator:
        """Raises EngineUnavailable: a recording can do without."""
        ...

    def synthesizer(self) -> Synthesizer:
        """Raises EngineUnavailable with the command that helps."""
        ...

    def embedder(self, progress: Progress) -> Embedder: ...


class LocalEngines:
    """The engines of this machine. Each is loaded on first use, once, on the device's thread."""

    def __init__(self, config: Config) -> None:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch is loaded: its threads do not spin
        self._config = config
        self.device = Device(config.device)  # "auto" gets its real name with the first engine
        self._loaded: dict[str, Any] = {}  # changed on the device's thread only
        self._failures = Failures()
        self._fetches = Fetches(config)
        self.whisper_fetch = WhisperFetch(self._fetches, self._failures)
        self._closed = False
        self.loaded_whisper: tuple[str, Transcriber] | None = None  # its size, what hears by it

    def hearing(self) -> Hearing:
        """Say what would hear a recording now. Loads nothing."""
        return hearing(self._config, self.device.kind, self._failures.recent())

    def fetching(self) -> Underway | None:
        """Return the fetch of Whisper that goes on, whoever wants it."""
        return self.whisper_fetch.current() or self._fetches.current()

    def fetch_whisper(self) -> None:
        """Have Whisper fetched in the background, of any size: a person has asked for it."""
        if self.hearing().offered_bytes:
            self.whisper_fetch.request(transcribers.wanted_weights(self._config, self.device.kind))

    def missing_cleaning(self) -> str | None:
        """Return the command that gets what cleans speech, if it is neither here nor fetched by itself."""
        return separators.missing(self._config)

    def voice_detector(self, progress: Progress) -> VoiceDetector:
        from app.engines.silero import SileroVoiceDetector

        return self._once("silero", lambda: SileroVoiceDetector(self.device), progress)

    def transcriber(self, language: str, progress: Progress, model: str = "auto") -> Transcriber:
        return self._transcriber(self._choose_transcriber(language, progress, model), progress)

    def live_transcriber(self, language: str) -> LiveTranscriber:
        """Return what hears live streams: on the same model as `transcriber`, not on a copy of it.

        Raises EngineNotReady at once where weights are still to be fetched, and has them fetched.
        """
        choice = self._choose_live(language)
        transcriber = self._transcriber(choice, lambda _: None)
        load = partial(live_transcribers.LIVE_TRANSCRIBERS[choice.engine], transcriber, self.device)
        return self._once(f"live {choice.key}", load)

    def _choose_live(self, language: str) -> transcribers.Choice:
        """Choose for who cannot wait."""
        underway = self.fetching()
        if underway is None:
            choice = transcribers.choose(self._config, self.device.kind, language, self._failures.recent())
            if choice.fetch is None:
                return choice
            self.whisper_fetch.request([choice.fetch])
            underway = self._fetches.announced(choice.fetch)
        raise EngineNotReady(
            N_("Whisper is being fetched: %(done)s of %(whole)s MB, about %(retry_after_s)s s more."),
            retry_after_s=round(min(max(underway.remaining_s or RETRY_S, LEAST_RETRY_S), MOST_RETRY_S)),
            done=round(underway.done_bytes / 10**6),
            whole=round(underway.size_bytes / 10**6),
        )

    def _choose_transcriber(self, language: str, progress: Progress, model: str) -> transcribers.Choice:
        """Choose, and bring the weights where they are missing."""
        config = self._config
        choose = partial(transcribers.choose, config, self.device.kind, language, model=model)
        self.whisper_fetch.wait(progress)  # who has asked for it wants to be heard by it
        choice = choose(self._failures.recent())
        while choice.fetch and not choice.fetch.present(config.models_dir):
            try:
                self._fetches.fetch(choice.fetch, progress)
                self._failures.forget(choice.fetch.name)
            except AppError as error:
                self._failures.add(choice.fetch.name)
                logger.warning("%s could not be fetched: %s", choice.fetch.name, error)
                try:
                    choice = choose(self._failures.recent())
                except EngineUnavailable:  # nothing is left to be tried
                    raise error from None
        return choice

    def _transcriber(self, choice: transcribers.Choice, progress: Progress) -> Transcriber:
        load = transcribers.TRANSCRIBERS[choice.engine]
        found = self._once(choice.key, lambda: load(self._config, choice, self.device), progress)
        if choice.engine != "pocketsphinx":
            self.loaded_whisper = choice.model, found
        return found

    def summarizer(self, language: str | None, progress: Progress) -> Summarizer:
        key = summarizers.choose(self._config, self.device.kind)
        return self._once(key, lambda: summarizers.SUMMARIZERS[key](self._config, self.device), progress)

    def diarizer(self, progress: Progress) -> Diarizer:
        diarizers.fetch_missing(self._config, progress)
        return self._once("diarizer", partial(diarizers.load, self._config, self.device), progress)

    def separator(self, progress: Progress) -> Separator:
        *better, last = separators.choices(self._config)
        for name in better:
            try:
                return self._separator(name, progress)
            except EngineUnavailable:
                continue
        return self._separator(last, progress)

    def repairer(self, progress: Progress) -> Separator:
        return self._separator("repair", progress)

    def _separator(self, name: str, progress: Progress) -> Separator:
        separators.fetch_missing(name, self._config, progress)
        load = partial(separators.SEPARATORS[name], self._config, self.device)
        return self._once(f"separator {name}", load, progress)

    def synthesizer(self) -> Synthesizer:
        folders = bundled.voice_folders(self._config)
        # a voice that was trained meanwhile is heard without a new start
        made = [(folder / "weights.safetensors").stat().st_mtime_ns for folder in folders if folder.is_dir()]
        return self._once(f"synthesis {made}", lambda: synthesis.Synthesis(folders, self.device))

    def embedder(self, progress: Progress) -> Embedder:
        name = embedders.choose(self._config)
        if f"embedder {name}" not in self._loaded:
            embedders.fetch_missing(name, self._config, progress)
        load = partial(embedders.EMBEDDERS[name], self._config, self.device)
        return self._once(f"embedder {name}", load, progress)

    def voices(self) -> tuple[SpokenVoice, ...]:
        """Name the voices that read aloud. Loads no model. Raises EngineUnavailable."""
        return synthesis.voices(bundled.voice_folders(self._config))

    def speaks(self) -> bool:
        """Tell whether text can be read aloud here. Loads no model."""
        weights = bundled.folder(self._config, "synthesis") / "weights.safetensors"
        return weights.is_file() and espeak.available()

    def close(self) -> None:
        """Finish what was asked for, and let the models go."""
        self._closed = True
        self.whisper_fetch.close()
        self.device.stop()
        for engine in self._loaded.values():
            if isinstance(engine, Closable):
                engine.close()
        self._loaded.clear()

    def _once(self, key: str, load: Callable[[], T], progress: Progress | None = None) -> T:
        """Return the engine, loading it first if nobody has. The device starts with the first one.

        A job that is cancelled meanwhile does not wait for the end of the loading.
        """
        if key not in self._loaded:
            if self._closed:
                raise RuntimeError("the engines are closed")
            self.device.start()
            asked = None if progress is None else partial(progress, 0.0)
            self.device.turn(Priority.BATCH, partial(self._load, key, load), asked)
        engine: T = self._loaded[key]
        return engine

    def _load(self, key: str, load: Callable[[], T]) -> None:
        if not self._loaded:
            prepare_torch(self.device, self._config.compute_threads)
        if key not in self._loaded:
            self._loaded[key] = load()


def prepare_torch(device: Device, threads: int) -> None:
    """Give an "auto" device its real name and torch its threads. Runs on the device's thread."""
    import torch

    device.name = available(device.name)
    torch.set_num_threads(cores(threads))
