"""Whisper on recordings: hears about a hundred languages. Radford et al. 2022 (arXiv 2212.04356).

Not the `transcribe` of openai-whisper: that hears the silence too, encodes a window up to six times, and
cannot be stopped. Here windows are full of speech, each is encoded once, several are decoded together without
the text before them, and what looks like a loop is decoded once more and else marked.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from app.audio.waveform import SPEECH_RATE_HZ, Sound, Span
from app.documents.transcript import Segment, Transcript
from app.engines.base import TranscribeOptions
from app.engines.compute.device import Device
from app.engines.whisper.decoded import DecodedWindow, went_wrong, without_silence
from app.engines.whisper.hallucination import collapse, is_looping
from app.engines.whisper.languages import choose_languages
from app.engines.whisper.model import WhisperModel
from app.engines.whisper.segments import make_segments
from app.engines.whisper.windows import EncodedWindow, Window, make_windows
from app.errors import N_, UnsupportedLanguage
from app.progress import Progress

T = TypeVar("T")

BATCH = {"cuda": 8}  # windows decoded together; a CPU gains a fifth by it, and live speech waits longer
AHEAD = 3  # windows encoded at least before the first is decoded: the language is not one window's guess
WARMER = 0.4  # added to the temperature of the one retry
UNHEARD_S = 3.0  # speech left over at the end of a window that is worth a window of its own


class WhisperTranscriber:
    """A Transcriber on a loaded model.

    Args:
        name: of the engine and the model, for people: "openai-whisper base".
    """

    def __init__(self, model: WhisperModel, name: str, device: Device) -> None:
        self.name = name
        self.model = model
        self._device = device
        self._batch = BATCH.get(device.name.partition(":")[0], 1)
        self.languages = None if self.model.is_multilingual else frozenset({"en"})

    def transcribe(
        self, speech: Sound, spans: Sequence[Span], options: TranscribeOptions, progress: Progress
    ) -> Transcript:
        """Hear the spans, a few windows at a time.

        Raises:
            UnsupportedLanguage: the model does not know the language.
        """
        if speech.sample_rate != SPEECH_RATE_HZ:
            raise ValueError(f"Whisper hears {SPEECH_RATE_HZ} Hz, not {speech.sample_rate}")
        if options.language != "auto" and not self.model.knows(options.language):
            raise UnsupportedLanguage(
                N_("%(engine)s does not know the language “%(language)s”. Choose another."),
                engine=self.name,
                language=options.language,
            )
        windows = deque(make_windows(spans))
        total_s = sum(window.duration_s for window in windows)
        done_s = 0.0
        chances: dict[str, float] = defaultdict(float)
        spoken: dict[str, float] = defaultdict(float)
        segments: list[Segment] = []
        while windows:
            batch = [windows.popleft() for _ in range(min(max(self._batch, AHEAD), len(windows)))]
            check = partial(progress, done_s / total_s)
            listening = _Listening(self.model, self._device, speech, options, self._batch, check)
            encoded = [listening.encode(window) for window in batch]
            for language, parts in choose_languages(encoded, options.language, chances).items():
                segments += listening.hear(parts, language)
                spoken[language] += sum(part.window.duration_s for part in parts)
            done_s += sum(window.duration_s for window in batch)
            progress(min(1.0, done_s / total_s))
        segments.sort(key=lambda segment: segment.start)
        main = max(spoken, key=spoken.__getitem__) if segments else None
        return Transcript(collapse(segments), main, self.name, speech.duration_s)


@dataclass(frozen=True, slots=True)
class _Listening:
    """What it takes to hear a few windows, one turn of the device after another; `check` stops within one."""

    model: WhisperModel
    device: Device
    speech: Sound
    options: TranscribeOptions
    batch: int
    check: Callable[[], None]

    def encode(self, window: Window) -> EncodedWindow:
        features = self._turn(lambda: self.model.encode(window.samples(self.speech)))
        detect = self.options.language == "auto"
        return EncodedWindow(
            window, features, self._turn(lambda: self.model.languages(features)) if detect else {}
        )

    def hear(self, parts: Sequence[EncodedWindow], language: str, *, whole: bool = True) -> list[Segment]:
        """Write down windows of one language; whole: they are not rests of others."""
        segments: list[Segment] = []
        heard = [
            one
            for i in range(0, len(parts), self.batch)
            for one in self._decode(
                parts[i : i + self.batch], language, self.options.temperature, self.options.prompt
            )
        ]
        for part, first in zip(parts, heard, strict=True):
            found, doubtful = self._settle(part, language, first)
            segments += self._write(part, language, found, doubtful)
            end = found.lines[-1].end if found.lines else part.window.duration_s
            if whole and not doubtful and part.window.duration_s - end > UNHEARD_S:
                segments += self.hear([self.encode(part.window.rest(end))], language, whole=False)
        return segments

    def _settle(self, part: EncodedWindow, language: str, first: DecodedWindow) -> tuple[DecodedWindow, bool]:
        """Decode what went wrong once more, differently. True: it is doubtful all the same."""
        if not went_wrong(first, part.window.duration_s):
            return first, False
        [second] = self._decode([part], language, self.options.temperature + WARMER, prompt="")
        if not went_wrong(second, part.window.duration_s):
            return second, False
        return max(first, second, key=lambda heard: (not is_looping(heard.text), heard.logprob)), True

    def _decode(
        self, parts: Sequence[EncodedWindow], language: str, temperature: float, prompt: str
    ) -> list[DecodedWindow]:
        heard = self._turn(
            lambda: self.model.decode(
                [part.features for part in parts],
                [part.window.duration_s for part in parts],
                language,
                temperature,
                prompt,
            )
        )
        return [without_silence(one) for one in heard]

    def _write(
        self, part: EncodedWindow, language: str, heard: DecodedWindow, doubtful: bool
    ) -> list[Segment]:
        """Put the words of a window where they are in the recording."""
        window = part.window
        lines = self._turn(lambda: self.model.words(heard, language, part.features, window.duration_s))
        return [segment for words in lines for segment in make_segments(words, window, doubtful=doubtful)]

    def _turn(self, work: Callable[[], T]) -> T:
        def stoppable_work() -> T:
            with self.model.stoppable(self.check):
                return work()

        return self.device.turn(self.options.priority, stoppable_work)
