"""openai-whisper: hears about a hundred languages. Radford et al. 2022 (arXiv 2212.04356).

Not its own `transcribe`: that hears the silence too, encodes a window up to six times, and cannot be stopped.
Here windows are full of speech, each is encoded once, several are decoded together without the text before
them, and what looks like a loop is decoded once more and else marked.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.audio.waveform import SPEECH_RATE_HZ, Sound, Span
from app.documents.transcript import Segment, Transcript, Word
from app.engines.base import TranscribeOptions
from app.engines.compute.device import Device
from app.engines.compute.interrupt import interruptible
from app.engines.whisper.hallucination import collapse, is_looping, is_too_fast, shorten
from app.engines.whisper.model import DecodedWindow, WhisperModel
from app.engines.whisper.windows import Window, make_windows
from app.errors import N_, EngineFailed, UnsupportedLanguage
from app.progress import Progress

if TYPE_CHECKING:
    from torch import Tensor

    from app.engines.whisper.live import WhisperLive

T = TypeVar("T")

BATCH = {
    "cuda": 8
}  # windows decoded together; a CPU gains a fifth by it, and live speech waits for it longer
AHEAD = (
    3  # windows encoded at least before the first is decoded, so that the language is not one window's guess
)
# openai-whisper's own thresholds for a window that went wrong
MIN_LOGPROB, MAX_NO_SPEECH = -1.0, 0.6
WARMER = 0.4  # added to the temperature of the one retry
UNHEARD_S = 3.0  # speech left over at the end of a window that is worth a window of its own
GAP_S = 2.0  # silence in the recording that no segment goes over
# A window is in another language than the recording only where that is sure and long: mixed meetings have
# such windows, and a cough is easily Welsh.
SURE, SURE_S = 0.8, 5.0


class WhisperTranscriber:
    """A Transcriber on a checkpoint in openai-whisper's format. Load it on the device's thread.

    Args:
        name: of the model, for people: "base".
    """

    def __init__(self, path: Path, name: str, device: Device) -> None:
        self.name = f"openai-whisper {name}"
        self._device = device
        self._model = WhisperModel(path, device.name)
        self._batch = BATCH.get(device.name.partition(":")[0], 1)
        self.languages = None if self._model.is_multilingual else frozenset({"en"})

    def live(self) -> "WhisperLive":
        """Return what hears live streams on this same network."""
        from app.engines.whisper.live import WhisperLive

        return WhisperLive(self.name, self._model, self._device)

    def transcribe(
        self, speech: Sound, spans: Sequence[Span], options: TranscribeOptions, progress: Progress
    ) -> Transcript:
        """Hear the spans, a few windows at a time.

        Raises:
            UnsupportedLanguage: the model does not know the language.
        """
        if speech.sample_rate != SPEECH_RATE_HZ:
            raise ValueError(f"Whisper hears {SPEECH_RATE_HZ} Hz, not {speech.sample_rate}")
        if options.language != "auto" and not self._model.knows(options.language):
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
            listening = _Listening(self._model, self._device, speech, options, self._batch, check)
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
class EncodedWindow:
    """A window on its way. features: (n_audio_ctx, n_audio_state); languages: their probabilities."""

    window: Window
    features: "Tensor"
    languages: dict[str, float]


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
        return [replace(one, text="", lines=()) if is_silent(one) else one for one in heard]

    def _write(
        self, part: EncodedWindow, language: str, heard: DecodedWindow, doubtful: bool
    ) -> list[Segment]:
        """Put the words of a window where they are in the recording."""
        window = part.window
        lines = self._turn(lambda: self.model.words(heard, language, part.features, window.duration_s))
        return [
            _segment(phrase, doubtful)
            for words in lines
            for phrase in _phrases([_placed(word, window) for word in words if word.text.strip()])
        ]

    def _turn(self, work: Callable[[], T]) -> T:
        from torch import OutOfMemoryError

        def interruptible_work() -> T:
            with interruptible(self.model.blocks, self.check):
                return work()

        try:
            return self.device.turn(self.options.priority, interruptible_work)
        except OutOfMemoryError as error:
            raise EngineFailed(
                N_("There is not enough memory for Whisper. Close other programs or choose a smaller model.")
            ) from error


def choose_languages(
    parts: Sequence[EncodedWindow], wanted: str, chances: dict[str, float]
) -> dict[str, list[EncodedWindow]]:
    """Sort windows by the language to hear them in.

    Args:
        wanted: "auto" or the language of all.
        chances: of each language in the recording so far, in seconds of speech; grows.
    """
    chosen: dict[str, list[EncodedWindow]] = defaultdict(list)
    for part in parts:
        for code, probability in part.languages.items():
            chances[code] += probability * part.window.duration_s
    for part in parts:
        language = wanted
        if wanted == "auto":
            own = max(part.languages, key=part.languages.__getitem__)
            sure = part.languages[own] >= SURE and part.window.duration_s >= SURE_S
            language = own if sure else max(chances, key=chances.__getitem__)
        chosen[language].append(part)
    return chosen


def is_silent(heard: DecodedWindow) -> bool:
    """Tell whether the model itself says that nobody speaks, whatever it wrote."""
    return heard.no_speech > MAX_NO_SPEECH and heard.logprob < MIN_LOGPROB


def went_wrong(heard: DecodedWindow, speech_s: float) -> bool:
    """Tell whether a window looks like a loop or like garbage."""
    if not heard.lines:
        return False
    too_fast = is_too_fast(len(heard.tokens), speech_s)
    return heard.logprob < MIN_LOGPROB or too_fast or is_looping(heard.text)


def _placed(word: Word, window: Window) -> Word:
    place = window.stretch(word.start, word.end)
    return replace(word, start=round(place.start, 2), end=round(place.end, 2))


def _phrases(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Cut a line where the window has joined what is far apart."""
    borders = [i for i in range(1, len(words)) if words[i].start - words[i - 1].end > GAP_S]
    return (words[i:j] for i, j in pairwise([0, *borders, len(words)]) if i < j)


def _segment(words: Sequence[Word], doubtful: bool) -> Segment:
    text = said = "".join(word.text for word in words).strip()
    if doubtful:
        text = shorten(said)
    bare = tuple(replace(word, text=word.text.strip()) for word in words) if text == said else ()
    return Segment(words[0].start, words[-1].end, text, words=bare, doubtful=doubtful)
