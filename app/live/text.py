"""The text of a stream as its client reads it: partials, finals and what else there is to say."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from app.audio.waveform import SPEECH_RATE_HZ
from app.engines.base import Hypothesis
from app.live.agreement import Agreement
from app.live.endpointing import Utterance
from app.live.events import End, Error, Event, Final, Flushed, HeardUpTo, Lag, Partial

LAG_S = 5.0  # behind the sound, from which the client is told; and the change that is worth telling again
HEARD_S = 5.0  # of new silence after which the client is told that it needs its sound no more


class StreamText:
    """Events of a stream, with the times of its recording. The hub's thread adds, the socket's thread takes.

    Args:
        from_s: where in its recording the stream begins, in seconds.
        notify: called when there are events to take.

    Places (`start`, `end`, `needed`) are samples of the stream; `needed`: sound before it is needed no more.
    """

    def __init__(self, from_s: float = 0.0, notify: Callable[[], None] = lambda: None) -> None:
        self._from_s = from_s
        self._notify = notify
        self._events: deque[Event] = deque()
        self._agreement = Agreement()
        self._told_lag_s = 0.0
        self._told_heard = 0

    def take(self) -> list[Event]:
        """Return the events since the last call, in their order."""
        return [self._events.popleft() for _ in range(len(self._events))]

    def add_partial(self, start: int, end: int, hypothesis: Hypothesis) -> None:
        """Tell what is heard by now of the present utterance."""
        text = self._agreement.add([word.text for word in hypothesis.words] or hypothesis.text.split())
        if text:
            settled = " ".join(self._agreement.settled)
            self._add(Partial(self._time(start), self._time(end), text, settled))

    def add_final(
        self, utterance: Utterance, hypothesis: Hypothesis, needed: int, speaker: str | None = None
    ) -> None:
        """Tell what an utterance came to; nothing is told of one without words."""
        self._agreement = Agreement()
        if not hypothesis.text:
            return
        self._told_heard = needed
        words = tuple(
            replace(
                word, start=self._time(utterance.start, word.start), end=self._time(utterance.start, word.end)
            )
            for word in hypothesis.words
        )
        start = words[0].start if words else self._time(utterance.start)
        end = words[-1].end if words else self._time(utterance.end)
        heard = self._from_s + needed / SPEECH_RATE_HZ
        text, language, doubtful = hypothesis.text, hypothesis.language, hypothesis.doubtful
        self._add(Final(start, end, text, words, language, doubtful, heard, speaker))

    def add_heard(self, needed: int) -> None:
        """Tell how far all is heard, where that has grown by enough."""
        if needed - self._told_heard >= HEARD_S * SPEECH_RATE_HZ:
            self._told_heard = needed
            self._add(HeardUpTo(self._from_s + needed / SPEECH_RATE_HZ))

    def add_flushed(self, needed: int) -> None:
        self._add(Flushed(self._from_s + needed / SPEECH_RATE_HZ))

    def add_lag(self, behind_s: float) -> None:
        """Tell how far the text is behind the sound, where that is worth telling."""
        if behind_s >= LAG_S and abs(behind_s - self._told_lag_s) >= LAG_S:
            self._told_lag_s = behind_s
            self._add(Lag(round(behind_s, 1)))
        elif behind_s < LAG_S / 2:
            self._told_lag_s = 0.0

    def add_end(self, end: int) -> None:
        self._add(End(self._time(end)))

    def add_error(self, error: Error) -> None:
        self._add(error)

    def _time(self, place: int, after_s: float = 0.0) -> float:
        return round(self._from_s + place / SPEECH_RATE_HZ + after_s, 2)

    def _add(self, event: Event) -> None:
        self._events.append(event)
        self._notify()
