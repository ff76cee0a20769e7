"""A few windows of a recording heard, one turn of the device after another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from app.audio.waveform import Sound
from app.documents.transcript import Segment, Word
from app.engines.base import TranscribeOptions
from app.engines.compute.device import Device
from app.engines.whisper.captions import is_credit
from app.engines.whisper.decoded import DecodedWindow, went_wrong, without_inventions
from app.engines.whisper.hallucination import is_looping
from app.engines.whisper.model import Features, Search, WhisperModel
from app.engines.whisper.segments import make_segments
from app.engines.whisper.windows import EncodedWindow, Window

T = TypeVar("T")

STUCK_S = 3.0  # no word lasts so long: its alignment ran on over what was not written
UNHEARD_S = 3.0  # speech left over at the end of a window that is worth a window of its own


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


@dataclass(frozen=True, slots=True)
class Listening:
    """What it takes to hear windows. check: called often, raises JobCancelled to stop."""

    model: WhisperModel
    device: Device
    speech: Sound
    options: TranscribeOptions
    quality: Quality
    check: Callable[[], None]

    def encode(self, windows: Sequence[Window]) -> list[EncodedWindow]:
        features: list[Features] = [
            self._turn(partial(self.model.encode, window.samples(self.speech))) for window in windows
        ]
        languages: list[dict[str, float]] = [{} for _ in windows]
        if self.options.language == "auto":
            languages = self._turn(lambda: self.model.languages(features))
        return [EncodedWindow(*part) for part in zip(windows, features, languages, strict=True)]

    def hear(self, parts: Sequence[EncodedWindow], language: str, *, whole: bool = True) -> list[Segment]:
        """Write down windows of one language; whole: they are not rests of others."""
        segments: list[Segment] = []
        for part, first in zip(parts, self._decode_all(parts, language), strict=True):
            heard, doubtful = self._settle(part, language, first)
            duration_s = part.window.duration_s
            lines = self._turn(partial(self.model.words, heard, language, part.features, duration_s))
            end = _end(heard, lines, duration_s)
            for words in lines:
                said = [word for word in words if word.start < end]
                if not is_credit("".join(word.text for word in said)):
                    segments += make_segments(said, part.window, doubtful=doubtful)
            if whole and not doubtful and duration_s - end > UNHEARD_S:
                segments += self.hear(self.encode([part.window.rest(end)]), language, whole=False)
        return segments

    def _decode_all(self, parts: Sequence[EncodedWindow], language: str) -> list[DecodedWindow]:
        """Decode several windows in a turn, or one while work that is more urgent comes in between."""
        search = Search(self.options.temperature, self.quality.width)
        heard: list[DecodedWindow] = []
        while len(heard) < len(parts):
            n = 1 if self.device.is_wanted(self.options.priority) else self.model.batch
            some = parts[len(heard) : len(heard) + n]
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
        heard = self._turn(lambda: self.model.decode(features, durations_s, language, search, prompt))
        return list(map(without_inventions, heard, durations_s))

    def _turn(self, work: Callable[[], T]) -> T:
        """Compute, and stop for a cancelled job: midway or, where that cannot be, by waiting no longer."""

        def stoppable_work() -> T:
            with self.model.stoppable(self.check):
                return work()

        meanwhile = None if self.model.stops_midway else self.check
        return self.device.turn(self.options.priority, stoppable_work, meanwhile)


def _end(heard: DecodedWindow, lines: Sequence[Sequence[Word]], duration_s: float) -> float:
    """Return up to where a window is heard: the decoder may stop in the middle of it."""
    if not heard.lines:
        return duration_s
    if not heard.lines[-1].open:
        return heard.lines[-1].end
    stuck = (word.start for word in lines[-1] if word.end - word.start > STUCK_S)
    return next(stuck, lines[-1][-1].end)
