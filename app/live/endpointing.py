"""Where utterances of a live stream begin and end, decided while it goes on; for `LiveSession`."""

from dataclasses import dataclass

from app.audio.voice_activity import ENTER, LEAVE, MIN_SPEECH_S, PAD_S, WINDOW, WINDOW_S
from app.audio.waveform import Samples

SILENCE_S = 0.55  # that ends an utterance; peers take 0.5 to 0.6
LONGEST_S = 28.0  # Whisper's window is 30 s
PAD_WINDOWS = round(PAD_S / WINDOW_S)
PAD = PAD_WINDOWS * WINDOW
PAUSE_WINDOWS = 3  # of silence that is more than a stop between two sounds: 0.1 s


@dataclass(frozen=True, slots=True)
class Utterance:
    """Samples from `start` to `end` of the stream; number: 0, 1, 2, … in the order of the stream."""

    number: int
    start: int
    end: int


class Endpointer:
    """Follows the windows' probabilities of speech. Places are samples of the stream."""

    def __init__(self) -> None:
        self.judged = 0
        self.number = 0
        self._free = 0  # no utterance may begin before this
        self._start: int | None = None
        self._spoken = 0  # windows of speech in the present utterance
        self._silent = 0  # windows of silence at its end
        self._probabilities: list[float] = []  # of its windows

    @property
    def present(self) -> Utterance | None:
        """The utterance that is being spoken."""
        return None if self._start is None else Utterance(self.number, self._start, self.judged)

    @property
    def pausing(self) -> bool:
        """Whether nobody has spoken for a moment, so that there is nothing new to hear."""
        return self._start is not None and self._silent >= PAUSE_WINDOWS

    @property
    def expected(self) -> Utterance | None:
        """The present utterance as it ends if the silence goes on; None: there is too little of it yet."""
        if self._start is None or self._silent < PAD_WINDOWS or self._spoken * WINDOW_S < MIN_SPEECH_S:
            return None
        return Utterance(self.number, self._start, self._speech_end)

    @property
    def _speech_end(self) -> int:
        """Where the silence began, and the padding after it."""
        return self.judged - self._silent * WINDOW + PAD

    @property
    def needed_from(self) -> int:
        """Sound before this place is needed no more."""
        return max(self._free, self.judged - PAD) if self._start is None else self._start

    def add(self, probabilities: Samples) -> list[Utterance]:
        """Judge the next windows; return the utterances that have ended."""
        return [ended for p in probabilities.tolist() if (ended := self._add(p)) is not None]

    def finish(self, end: int) -> list[Utterance]:
        """End what is being spoken, however short: the stream is over, or was flushed."""
        expected = self.expected
        if self._start is None:
            return []
        return [self._close(end if expected is None else min(end, expected.end))]

    def _add(self, probability: float) -> Utterance | None:
        at, self.judged = self.judged, self.judged + WINDOW
        if self._start is None:
            if probability < ENTER:
                return None
            self._start = max(self._free, at - PAD)
            self._spoken, self._silent, self._probabilities = 0, 0, []
        self._probabilities.append(probability)
        if probability < LEAVE:
            self._silent += 1
        else:
            self._silent, self._spoken = 0, self._spoken + 1
        if self._silent * WINDOW_S >= SILENCE_S:
            end = self._speech_end
            if self._spoken * WINDOW_S >= MIN_SPEECH_S:
                return self._close(end)
            self._start, self._free = None, end
            self.number += 1
            return None
        if (self.judged - self._start) / WINDOW * WINDOW_S >= LONGEST_S:
            return self._cut()
        return None

    def _close(self, end: int) -> Utterance:
        assert self._start is not None
        ended = Utterance(self.number, self._start, end)
        self._start, self._free = None, end
        self.number += 1
        return ended

    def _cut(self) -> Utterance:
        """End what lasts too long where it sounds least like speech in its second half; go on from there."""
        n = len(self._probabilities)
        least = min(range(n // 2, n), key=self._probabilities.__getitem__)
        rest = self._probabilities[least + 1 :]
        place = self.judged - len(rest) * WINDOW
        ended = self._close(place)
        self._start, self._probabilities = place, rest
        self._spoken = len(rest)
        return ended
