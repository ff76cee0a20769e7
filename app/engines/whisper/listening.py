"""A few windows of a recording heard, one turn of the device after another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import TypeVar

from app.audio.waveform import Sound, Span
from app.documents.transcript import Segment, Word
from app.engines.base import Task, TranscribeOptions
from app.engines.compute.device import Device
from app.engines.compute.memory import give_back
from app.engines.whisper.captions import is_credit
from app.engines.whisper.decoded import DecodedWindow, went_wrong, without_inventions
from app.engines.whisper.hallucination import is_looping
from app.engines.whisper.model import Search, WhisperModel
from app.engines.whisper.segments import make_segments
from app.engines.whisper.windows import Chances, EncodedWindow, Window
from app.engines.whisper.word_times import FRAMES_PER_S
from app.progress import Progress

T = TypeVar("T")

STUCK_S = 3.0  # no word lasts so long: its alignment ran on over what was not written
ENCODING = 0.5  # the share of it in the work on a window
UNHEARD_S = 2.0  # speech without text, between lines or at the end, that is worth a window of its own


@dataclass(frozen=True, slots=True)
class Quality:
    """How hard to look for the text. width: as in `Search`; warmer: temperatures of a window's retries."""

    width: int
    warmer: tuple[float, ...]


QUALITIES = {
    "fast": Quality(1, (0.4,)),
    "balanced": Quality(5, (0.4,)),
    "best": Quality(5, (0.2, 0.4, 0.6, 0.8, 1.0)),  # as the `whisper` command
}


class Meter:
    """Says how far into the recording the work is, each time that a window is encoded or written down."""

    def __init__(self, progress: Progress, duration_s: float, until_s: float) -> None:
        self._progress, self._duration_s = progress, duration_s
        self._encoded_s = self._heard_s = until_s

    def encoded(self, until_s: float) -> None:
        self._encoded_s = max(self._encoded_s, until_s)
        self.check()

    def heard(self, until_s: float) -> None:
        self._heard_s = max(self._heard_s, until_s)
        self.check()

    def check(self) -> None:
        """Say the same again. Raises JobCancelled to stop."""
        until_s = ENCODING * self._encoded_s + (1 - ENCODING) * self._heard_s
        self._progress(min(1.0, until_s / self._duration_s))


@dataclass(frozen=True, slots=True)
class Listening:
    """What it takes to hear windows."""

    model: WhisperModel
    device: Device
    speech: Sound
    options: TranscribeOptions
    quality: Quality
    meter: Meter

    def encode(self, windows: Iterable[Window]) -> list[EncodedWindow]:
        """Encode windows one by one; "auto": also ask what each of their spans is in."""
        encoded: list[EncodedWindow] = []
        for window in windows:
            part = self.encode_one(window)
            if self.options.language == "auto":
                part = self._turn(partial(self._with_languages, part))
            encoded.append(part)
            self.meter.encoded(window.end_s)
        return encoded

    def encode_one(self, window: Window) -> EncodedWindow:
        samples = window.samples(self.speech)
        return EncodedWindow(window, self._turn(lambda: self.model.encode(samples)))

    def languages_alone(self, span: Span) -> Chances:
        """Return the chances of a stretch without what stands beside it in a window."""
        features = self.encode_one(Window((span,))).features
        return self._turn(lambda: self.model.languages([features]))[0]

    def hear(self, parts: Sequence[EncodedWindow], language: str, *, whole: bool = True) -> list[Segment]:
        """Write down windows of one language; whole: they are not rests of others."""
        segments: list[Segment] = []
        for part, first in zip(parts, self._decode_all(parts, language), strict=True):
            heard, doubtful = self._settle(part, language, first)
            duration_s = part.window.duration_s
            task = self._task(language)
            found = self._turn(partial(self.model.words, heard, language, part.features, duration_s, task))
            lines, end = _up_to_the_end(heard, found, duration_s)
            for words in lines:
                if not is_credit("".join(word.text for word in words)):
                    segments += make_segments(words, part.window, doubtful=doubtful)
            if not doubtful:
                words = [word for line in lines for word in line]
                rests = [*_wordless(heard, part.window, end, words)]
                for left_out in (*(_unheard(heard, part.window, end) if whole else ()), *rests):
                    segments += self.hear([self.encode_one(left_out)], language, whole=False)
            if whole:
                self.meter.heard(part.window.end_s)
        return segments

    def _with_languages(self, part: EncodedWindow) -> EncodedWindow:
        """Ask of the window, and of each span's share of the features: far cheaper than to encode each."""
        [chances] = self.model.languages([part.features])
        if len(part.window.spans) == 1:
            return replace(part, chances=chances, languages=(chances,))
        frames = [
            (round(place.start * FRAMES_PER_S), round(place.end * FRAMES_PER_S))
            for place in part.window.places
        ]
        shares = [part.features[first : max(first + 1, last)] for first, last in frames]
        languages = tuple(self.model.languages([share])[0] for share in shares)
        return replace(part, chances=chances, languages=languages)

    def _decode_all(self, parts: Sequence[EncodedWindow], language: str) -> list[DecodedWindow]:
        """Decode several windows in a turn, or one while work that is more urgent comes in between."""
        search = Search(self.options.temperature, self.quality.width)
        heard: list[DecodedWindow] = []
        while len(heard) < len(parts):
            n = 1 if self.device.is_wanted(self.options.priority) else self.model.batch
            some = parts[len(heard) : len(heard) + n]
            give_back()  # what encoding freed, before the keys and values of several windows come beside it
            heard += self._decode(some, language, search, self.options.prompt)
        return heard

    def _settle(self, part: EncodedWindow, language: str, first: DecodedWindow) -> tuple[DecodedWindow, bool]:
        """Decode what went wrong again, differently. True: it is doubtful all the same."""
        tries = [first]
        for warmer in self.quality.warmer:
            if not went_wrong(tries[-1], part.window.duration_s):
                return tries[-1], False
            search = Search(self.options.temperature + warmer, self.quality.width)
            tries += self._decode([part], language, search, prompt="")
        if not went_wrong(tries[-1], part.window.duration_s):
            return tries[-1], False
        return max(tries, key=lambda heard: (not is_looping(heard.text), heard.logprob)), True

    def _decode(
        self, parts: Sequence[EncodedWindow], language: str, search: Search, prompt: str
    ) -> list[DecodedWindow]:
        features = [part.features for part in parts]
        durations_s = [part.window.duration_s for part in parts]
        task = self._task(language)
        decode = partial(self.model.decode, features, durations_s, language, search, prompt, task=task)
        heard = self._turn(decode)
        return [
            without_inventions(window, duration_s, prompt)
            for window, duration_s in zip(heard, durations_s, strict=True)
        ]

    def _task(self, language: str) -> Task:
        """Return what is to be done with speech of a language: English is written as it is."""
        return "transcribe" if language == "en" else self.options.task

    def _turn(self, work: Callable[[], T]) -> T:
        """Compute, and stop for a cancelled job: midway or, where that cannot be, by waiting no longer."""

        def stoppable_work() -> T:
            with self.model.stoppable(self.meter.check):
                return work()

        meanwhile = None if self.model.stops_midway else self.meter.check
        return self.device.turn(self.options.priority, stoppable_work, meanwhile)


def _up_to_the_end(
    heard: DecodedWindow, lines: Sequence[Sequence[Word]], duration_s: float
) -> tuple[Sequence[Sequence[Word]], float]:
    """Return the words up to where a window is heard, and that time: the decoder may stop in its middle."""
    if not heard.lines:
        return lines, duration_s
    if not heard.lines[-1].open:
        return lines, heard.lines[-1].end
    *before, last = lines
    end = last[-1].end if last else heard.lines[-1].start
    end = next((word.start for word in last if word.end - word.start > STUCK_S), end)
    return [*before, [word for word in last if word.start < end]], end


def _unheard(heard: DecodedWindow, window: Window, end: float) -> Iterator[Window]:
    """Yield what is said in a window before, between and after its lines, the last of which ends at `end`."""
    lines = [line for line in heard.lines if line.start < end]
    starts = [*(line.start for line in lines), window.duration_s]
    ends = [0.0, *(line.end for line in lines[:-1]), end] if lines else [end]
    for after, before in zip(ends, starts, strict=True):
        left_out = window.between(after, before)
        if left_out.duration_s > UNHEARD_S:
            yield left_out


def _wordless(heard: DecodedWindow, window: Window, end: float, words: Sequence[Word]) -> Iterator[Window]:
    """Yield stretches between pauses that a line lasts over and none of its words is in.

    So Whisper hears a sentence that is said again at once: it writes it once, in a line as long as both.
    """

    def is_left_out(place: Span) -> bool:
        middle = (place.start + place.end) / 2
        in_line = any(line.start <= middle <= min(line.end, end) for line in heard.lines)
        return in_line and not any(place.start <= (word.start + word.end) / 2 <= place.end for word in words)

    for left_out, places in groupby(window.places if words else (), is_left_out):
        stretch = [*places]
        if left_out and stretch[-1].end - stretch[0].start > UNHEARD_S:
            yield window.between(stretch[0].start, stretch[-1].end)
