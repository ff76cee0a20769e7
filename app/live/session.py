"""One live stream: takes sound in packets, says what is to be heard next, and gives the text back."""

import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from app.audio.voice_activity import WINDOW
from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.engines.base import Hypothesis, LiveRequest, LiveTranscriber, VoiceState
from app.live.endpointing import Endpointer, Utterance
from app.live.events import Error, Event
from app.live.packets import PacketDecoder, SoundFormat
from app.live.sample_buffer import SampleBuffer
from app.live.speakers import RunningSpeakers
from app.live.stream_recorder import StreamRecorder
from app.live.text import StreamText

logger = logging.getLogger(__name__)

PIECE = 60 * WINDOW  # samples that one turn judges at most: 1.9 s


class LiveSession:
    """A stream. The socket's thread calls `accept_chunk`, `finish` and `take`; the hub's all the rest.

    Args:
        from_s: where in its recording the stream begins, in seconds; its events have the recording's times.
        notify: called, from the hub's thread, when there are events to take.
    """

    def __init__(
        self,
        name: str,
        sound: SoundFormat,
        language: str,
        engine: LiveTranscriber,
        notify: Callable[[], None] = lambda: None,
        from_s: float = 0.0,
    ) -> None:
        self.name = name
        self.engine = engine
        self.language = language
        self.failed = False
        self.state: VoiceState | None = None
        self.recorder: StreamRecorder | None = None  # saves sound and text, where they are to be saved
        self.speakers: RunningSpeakers | None = None  # who speaks, where that is asked for
        self.opened_at = 0.0  # by the hub's clock
        self.asked_at = 0.0  # when it was heard last, by the hub's clock
        self.done = threading.Event()
        self._decoder = PacketDecoder(sound)
        self._samples = SampleBuffer()
        self._endpointer = Endpointer()
        self._ended: deque[Utterance] = deque()  # utterances whose finals are to be heard
        self._asked: Utterance | None = None  # what was requested last
        self._ahead: tuple[Utterance, Hypothesis] | None = None  # a final that was heard before its time
        self._text = StreamText(from_s, notify)
        self._notify = notify
        self._heard_to = 0  # of the present utterance
        self._heard_place = 0  # up to here nothing waits; one number, so that both sides may read it
        self.finishing = False
        self._flush_at: deque[int] = deque()  # places up to which all is to be heard now
        self._flushed: deque[int] = deque()  # of these: the number of the first utterance after the place

    # --- the socket's side

    def accept_chunk(self, packet: bytes) -> None:
        """Take the next bytes of the stream, cut anywhere."""
        self._take_in(self._decoder.decode(packet))

    def finish(self) -> None:
        """Say that no more sound comes. What is there is still written down."""
        if not self.finishing:
            self._take_in(self._decoder.flush())
            self.finishing = True

    def flush(self) -> None:
        """Have what was said so far heard as finals, as if people paused here; `Flushed` comes after them."""
        self._take_in(self._decoder.flush())
        self._flush_at.append(self._samples.end)

    def take(self) -> list[Event]:
        """Return the events since the last call, in their order; what a client relies on is saved before."""
        events = self._text.take()
        if self.recorder is None:
            return events
        return [*events, *self.recorder.save(events, self.engine.name)]

    @property
    def behind_s(self) -> float:
        """How much of the sound is not heard yet."""
        return (self._samples.end - self._heard_place) / SPEECH_RATE_HZ

    def _take_in(self, samples: Samples) -> None:
        if self.recorder is not None:
            self.recorder.add(samples)  # first: what the client is told of is saved
        self._samples.append(samples)

    # --- the hub's side

    def unjudged(self) -> Samples | None:
        """Return the next windows for the voice detector; None: there is not one."""
        self._flush()
        finishing, start = self.finishing, self._endpointer.judged  # in this order: no sound comes after it
        end = self._flush_at[0] if self._flush_at else self._samples.end
        n = max(0, min(PIECE, end - start))  # the last window may reach beyond the end
        whole = n - n % WINDOW
        if whole:
            return self._samples.read(start, start + whole)
        if finishing and n > 0:
            return np.pad(self._samples.read(start, start + n), (0, WINDOW - n))
        return None

    def judge(self, probabilities: Samples, state: VoiceState) -> None:
        """Take what the voice detector found in the windows of `unjudged`."""
        self.state = state
        self._ended += [self._within(ended) for ended in self._endpointer.add(probabilities)]
        if self.finishing and self._endpointer.judged >= self._samples.end:
            self._ended += self._endpointer.finish(self._samples.end)
        self._settle_ahead()
        self._samples.forget(self._needed)
        self._text.add_heard(self._needed)

    def request(self) -> LiveRequest | None:
        """Return what to hear next: the oldest utterance that has ended, else the present one if it grew.

        Where people pause, what they said is heard as a final before the silence has lasted for long enough,
        and stands by then; where they go on, it was a partial.
        """
        if self._ended:
            return self._request(self._ended[0], final=True)
        if not self.engine.incremental and self._endpointer.pausing:
            expected = self._expected
            return None if expected is None else self._request(expected, final=True)
        present = self._endpointer.present
        if present is None or min(present.end, self._samples.end) <= max(self._heard_to, present.start):
            return None
        return self._request(self._within(present), final=False)

    @property
    def has_final(self) -> bool:
        return bool(self._ended)

    @property
    def expects_final(self) -> bool:
        """Tell whether an utterance has probably ended, and is not heard yet."""
        return not self.engine.incremental and self._expected is not None

    def answer(self, request: LiveRequest, hypothesis: Hypothesis) -> None:
        """Take what was heard of a request."""
        if self._ended:
            self._settle(self._ended[0], hypothesis)
            return
        if request.final and self._asked is not None:
            self._ahead = self._asked, hypothesis
        present = self._endpointer.present
        if present is None or present.number != request.utterance:
            return  # it ended meanwhile; its final comes
        self._heard_to = present.start + len(request.samples)
        self._text.add_partial(present.start, self._heard_to, hypothesis)

    def tell_lag(self) -> None:
        """Say how far behind the text is, where that is worth saying."""
        if self._ended:
            self._heard_place = max(self._ended[0].start, self._heard_to)
        else:
            present = self._endpointer.present
            judged = min(self._endpointer.judged, self._samples.end)
            self._heard_place = judged if present is None else max(present.start, self._heard_to)
        self._text.add_lag(self.behind_s)

    def end_if_done(self) -> bool:
        """Say what is written down once it is: a flush, the end. True: the stream is over."""
        while self._flushed and not (self._ended and self._ended[0].number < self._flushed[0]):
            self._text.add_flushed(self._needed)
            self._flushed.popleft()
        waits = self._ended or self._flush_at or self._endpointer.judged < self._samples.end
        if self.finishing and not waits:
            self._text.add_end(self._samples.end)
            self._close()
        return self.done.is_set()

    def _flush(self) -> None:
        """End the present utterance where a flush was asked for and all windows before it are judged."""
        while self._flush_at and self._flush_at[0] - self._endpointer.judged < WINDOW:
            self._ended += self._endpointer.finish(self._flush_at.popleft())
            self._flushed.append(self._endpointer.number)
            self._settle_ahead()

    def _settle_ahead(self) -> None:
        """Settle what was heard before its time, where it ended as expected."""
        if self._ended and self._ahead and self._ended[0] == self._ahead[0]:
            self._settle(*self._ahead)

    def fail(self, error: Error) -> None:
        """End the stream because of an error of its own."""
        self.failed = True
        self._text.add_error(error)
        self._close()

    def _close(self) -> None:
        self.done.set()
        self._notify()

    def _settle(self, utterance: Utterance, hypothesis: Hypothesis) -> None:
        self._ended.popleft()
        self._ahead = None
        self._heard_to = utterance.end
        self._text.add_final(utterance, hypothesis, self._needed, self._speaker(utterance, hypothesis))
        self._samples.forget(self._needed)

    def _speaker(self, utterance: Utterance, hypothesis: Hypothesis) -> str | None:
        """Say whose an utterance is; where that breaks, the stream goes on without."""
        if self.speakers is None or not hypothesis.text:
            return None
        try:
            return self.speakers.speaker(self._samples.read(utterance.start, utterance.end))
        except Exception:
            logger.exception("the speakers of a live stream are told apart no more")
            self.speakers = None
            return None

    def _request(self, utterance: Utterance, *, final: bool) -> LiveRequest:
        self._asked = utterance
        samples = self._samples.read(utterance.start, utterance.end)
        return LiveRequest(self.name, utterance.number, samples, self.language, final)

    @property
    def _expected(self) -> Utterance | None:
        """The utterance that has probably ended, where it is not heard yet."""
        expected = self._endpointer.expected
        if expected is None or self._ended:
            return None
        expected = self._within(expected)
        return None if self._ahead and self._ahead[0] == expected else expected

    def _within(self, utterance: Utterance) -> Utterance:
        return replace(utterance, end=min(utterance.end, self._samples.end))

    @property
    def _needed(self) -> int:
        """The place from which sound is still to be heard."""
        starts = [self._endpointer.needed_from, *(ended.start for ended in itertools.islice(self._ended, 1))]
        return min(starts)
