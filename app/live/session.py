"""One live stream: takes sound in packets, and collects what there is to say about it."""

import itertools
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from app.audio.voice_activity import WINDOW
from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.engines.base import Hypothesis, LiveRequest, LiveTranscriber, VoiceState
from app.live.agreement import Agreement
from app.live.endpointing import Endpointer, Utterance
from app.live.events import End, Error, Event, Final, HeardUpTo, Lag, Partial
from app.live.resample import Resampler
from app.live.sample_buffer import SampleBuffer

LAG_S = 5.0  # behind the sound, from which the client is told; and the change that is worth telling again
HEARD_S = 5.0  # of new silence after which the client is told that it needs its sound no more
PIECE = 60 * WINDOW  # samples that one turn judges at most: 1.9 s
SAMPLE_BYTES = {"s16le": 2, "f32le": 4}


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """How the packets are to be read. sample_rate: Hz."""

    sample_rate: int = SPEECH_RATE_HZ
    channels: int = 1
    format: Literal["s16le", "f32le"] = "s16le"


class LiveSession:
    """A stream. The socket's thread calls `accept_chunk`, `finish` and `take`; the hub's all the rest.

    Args:
        notify: called, from the hub's thread, when there are events to take.
    """

    def __init__(
        self,
        name: str,
        sound: SoundFormat,
        language: str,
        engine: LiveTranscriber,
        notify: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.engine = engine
        self.language = language
        self.failed = False
        self.state: VoiceState | None = None
        self.keep: Callable[[Samples], None] = lambda samples: None  # is given the 16 kHz sound
        self.opened_at = 0.0  # by the hub's clock
        self.asked_at = 0.0  # when its present utterance was heard last, by the hub's clock
        self._sound = sound
        self._frame = SAMPLE_BYTES[sound.format] * sound.channels
        self._rest = b""
        self._resampler = Resampler(sound.sample_rate)
        self._ring = SampleBuffer()
        self._utterances = Endpointer()
        self._ended: deque[Utterance] = deque()
        self._agreement = Agreement()
        self._heard_to = 0  # of the present utterance
        self._heard_place = 0  # up to here nothing waits; one number, so that both sides may read it
        self._told_lag = 0.0
        self._told_heard = 0
        self._finishing = False
        self._events: deque[Event] = deque()
        self._notify = notify
        self.done = threading.Event()

    # --- the socket's side

    def accept_chunk(self, packet: bytes) -> None:
        """Take the next bytes of the stream, cut anywhere."""
        data = self._rest + packet if self._rest else packet
        whole = len(data) - len(data) % self._frame
        self._rest = data[whole:]
        if not whole:
            return
        samples: Samples
        if self._sound.format == "s16le":
            samples = np.frombuffer(data, np.dtype("<i2"), whole // 2).astype(np.float32)
            samples *= 1 / 32768
        else:
            samples = np.frombuffer(data, np.dtype("<f4"), whole // 4).astype(np.float32)
            samples = np.clip(np.nan_to_num(samples), -1.0, 1.0)
        if self._sound.channels > 1:
            samples = samples.reshape(-1, self._sound.channels).mean(axis=1, dtype=np.float32)
        self._take_in(self._resampler.feed(samples))

    def finish(self) -> None:
        """Say that no more sound comes. What is there is still written down."""
        if not self._finishing:
            self._take_in(self._resampler.flush())
            self._finishing = True

    def _take_in(self, samples: Samples) -> None:
        self.keep(samples)  # first: what the client is told of is kept
        self._ring.append(samples)

    def take(self) -> list[Event]:
        """Return the events since the last call, in their order."""
        return [self._events.popleft() for _ in range(len(self._events))]

    @property
    def received_s(self) -> float:
        return self._ring.end / SPEECH_RATE_HZ

    @property
    def behind_s(self) -> float:
        """How much of the sound is not heard yet."""
        return (self._ring.end - self._heard_place) / SPEECH_RATE_HZ

    # --- the hub's side

    def unjudged(self) -> Samples | None:
        """Return the next windows for the voice detector; None: there is not one."""
        finishing, start = self._finishing, self._utterances.judged  # in this order: no sound comes after it
        n = max(0, min(PIECE, self._ring.end - start))  # the last window may reach beyond the end
        whole = n - n % WINDOW
        if whole:
            return self._ring.read(start, start + whole)
        if finishing and n > 0:
            return np.pad(self._ring.read(start, start + n), (0, WINDOW - n))
        return None

    def judge(self, probabilities: Samples, state: VoiceState) -> None:
        self.state = state
        self._ended += [self._within(ended) for ended in self._utterances.add(probabilities)]
        if self._finishing and self._utterances.judged >= self._ring.end:
            tail = self._utterances.finish(self._ring.end)
            if tail is not None:
                self._ended.append(tail)
        self._forget()
        if self._needed - self._told_heard >= HEARD_S * SPEECH_RATE_HZ:
            self._told_heard = self._needed
            self._say(HeardUpTo(self._needed / SPEECH_RATE_HZ))

    def request(self) -> LiveRequest | None:
        """Return what to hear next: the oldest utterance that has ended, else the present one if it grew."""
        if self._ended:
            return self._request(self._ended[0], final=True)
        present = self._utterances.present
        if present is None or min(present.end, self._ring.end) <= max(self._heard_to, present.start):
            return None
        return self._request(self._within(present), final=False)

    @property
    def has_final(self) -> bool:
        return bool(self._ended)

    def answer(self, request: LiveRequest, hypothesis: Hypothesis) -> None:
        """Say what was heard."""
        if request.final:
            self._settle(self._ended.popleft(), hypothesis)
            return
        present = self._utterances.present
        if present is None or present.number != request.utterance:
            return  # it ended meanwhile; its final comes
        start = present.start / SPEECH_RATE_HZ
        self._heard_to = present.start + len(request.samples)
        text = self._agreement.add([word.text for word in hypothesis.words] or hypothesis.text.split())
        if text:
            settled = " ".join(self._agreement.settled)
            self._say(Partial(round(start, 2), round(self._heard_to / SPEECH_RATE_HZ, 2), text, settled))

    def tell_lag(self) -> None:
        """Say how far behind the text is, where that is worth saying."""
        if self._ended:
            self._heard_place = max(self._ended[0].start, self._heard_to)
        else:
            present = self._utterances.present
            judged = min(self._utterances.judged, self._ring.end)
            self._heard_place = judged if present is None else max(present.start, self._heard_to)
        behind = self.behind_s
        if behind >= LAG_S and abs(behind - self._told_lag) >= LAG_S:
            self._told_lag = behind
            self._say(Lag(round(behind, 1)))
        elif behind < LAG_S / 2:
            self._told_lag = 0.0

    def end_if_done(self) -> bool:
        """Say the end once all is written down. True: the stream is over."""
        if self._finishing and not self._ended and self._utterances.judged >= self._ring.end:
            self._say(End(round(self.received_s, 2)))
            self.done.set()
            self._notify()
        return self.done.is_set()

    def fail(self, error: Error) -> None:
        """End the stream because of an error of its own."""
        self.failed = True
        self._say(error)
        self.done.set()
        self._notify()

    def _settle(self, utterance: Utterance, hypothesis: Hypothesis) -> None:
        self._agreement, self._heard_to = Agreement(), utterance.end
        start, end = utterance.start / SPEECH_RATE_HZ, utterance.end / SPEECH_RATE_HZ
        words = tuple(
            replace(word, start=round(start + word.start, 2), end=round(start + word.end, 2))
            for word in hypothesis.words
        )
        if words:
            start, end = words[0].start, words[-1].end
        if hypothesis.text:
            self._told_heard = self._needed
            if self.language == "auto" and hypothesis.language and not hypothesis.doubtful:
                self.language = hypothesis.language
            self._say(
                Final(
                    round(start, 2),
                    round(end, 2),
                    hypothesis.text,
                    words,
                    hypothesis.language,
                    hypothesis.doubtful,
                    self._needed / SPEECH_RATE_HZ,
                )
            )
        self._forget()

    def _request(self, utterance: Utterance, *, final: bool) -> LiveRequest:
        samples = self._ring.read(utterance.start, utterance.end)
        return LiveRequest(self.name, utterance.number, samples, self.language, final)

    def _within(self, utterance: Utterance) -> Utterance:
        return replace(utterance, end=min(utterance.end, self._ring.end))

    @property
    def _needed(self) -> int:
        """The place from which sound is still to be heard."""
        starts = [self._utterances.needed_from, *(ended.start for ended in itertools.islice(self._ended, 1))]
        return min(starts)

    def _forget(self) -> None:
        self._ring.forget(self._needed)

    def _say(self, event: Event) -> None:
        self._events.append(event)
        self._notify()
