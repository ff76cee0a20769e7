"""PocketSphinx: the recognizer that needs no download. It hears English, spoken clearly."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from app.audio.waveform import SPEECH_RATE_HZ, Samples, Sound, Span
from app.documents.transcript import Segment, Transcript, Word
from app.engines.base import TranscribeOptions
from app.engines.compute.device import Device
from app.errors import N_, EngineFailed, EngineUnavailable
from app.progress import Progress

WAIT_S = 0.2  # of one turn, while the process computes
PAUSE_S = 0.3  # silence between words that begins a new segment
MAX_SEGMENT_S = 12.0  # longer ones are cut at their widest pause
EDGE_WORDS = 3  # that such a cut leaves on each side at least

# `clarity` of flite, LJ Speech, VoiceBank (clean) and a recording of 1961: .30 to 1.23; of Russian, German
# and French by espeak-ng, festival and Golos: -.81 to .17; of espeak-ng speaking English: -.14.
CLEAR = 0.25
TRIAL_S = 60.0  # of speech, after which it is known whether this is English


class RecognizedWord(NamedTuple):
    """A word as PocketSphinx heard it.

    start, end: s within the utterance; probability: posterior, 0..1; fit: log-likelihood of its sound,
    relative to the best sound of each frame, summed over its frames.
    """

    text: str
    start: float
    end: float
    probability: float
    fit: float

    @property
    def is_word(self) -> bool:
        return self.text[0] not in "<[+"  # <s>, <sil>, [NOISE], ++COUGH++


class PocketSphinxTranscriber:
    """Writes down English in a process of its own, which lives as long as one recording.

    Args:
        advice: the command that gets an engine for other languages.
    """

    name = "PocketSphinx en-us"
    languages = frozenset({"en"})

    def __init__(self, device: Device, advice: str) -> None:
        self._device = device
        self._advice = advice

    def transcribe(
        self, speech: Sound, spans: Sequence[Span], options: TranscribeOptions, progress: Progress
    ) -> Transcript:
        """Hear the spans one by one.

        Raises:
            EngineUnavailable: the language is "auto", and the first minute is not clear English.
        """
        if speech.sample_rate != SPEECH_RATE_HZ:
            raise ValueError(f"PocketSphinx hears {SPEECH_RATE_HZ} Hz, not {speech.sample_rate}")
        turn = partial(self._device.turn, options.priority)
        total_s = sum(span.duration_s for span in spans)
        done_s = 0.0
        heard: list[RecognizedWord] = []
        segments: list[Segment] = []
        doubted = options.language == "auto"
        with _Child() as child:
            for span in spans:
                child.hear(speech.cut(span.start, span.end).mono())
                while not turn(child.wait):
                    progress(done_s / total_s)
                utterance = child.heard()
                done_s += span.duration_s
                progress(min(1.0, done_s / total_s))
                segments += make_segments(utterance, span.start)
                if doubted:
                    heard += utterance
                    if done_s >= TRIAL_S or span is spans[-1]:
                        doubted = False
                        self._check_clarity(heard, done_s)
        return Transcript(tuple(segments), "en" if segments else None, self.name, speech.duration_s)

    def _check_clarity(self, heard: Sequence[RecognizedWord], speech_s: float) -> None:
        if clarity(heard, speech_s) < CLEAR:
            raise EngineUnavailable(
                N_(
                    "This does not sound like clear English, and PocketSphinx, the engine that is here, hears"
                    " nothing else. Get Whisper with “%(command)s” and try again; or choose English as the"
                    " language to transcribe it as it is."
                ),
                command=self._advice,
            )


def clarity(heard: Sequence[RecognizedWord], speech_s: float) -> float:
    """Say how well English words explain the speech: above `CLEAR` for clear English.

    The time-weighted posterior of the words (speech without a word counts as 0), and how well their
    sounds fit, weighed so that English and other languages lie furthest apart.
    """
    words = [word for word in heard if word.is_word]
    seconds = sum(word.end - word.start for word in words)
    if not seconds or not speech_s:
        return 0.0
    posterior = sum(word.probability * (word.end - word.start) for word in words) / speech_s
    fit = sum(word.fit for word in words) / (seconds * 100)
    return posterior + 0.25 * (fit + 3.6)


def make_segments(heard: Sequence[RecognizedWord], offset_s: float) -> list[Segment]:
    """Cut an utterance at its pauses; `offset_s`: where it starts in the recording."""
    words = [word for word in heard if word.is_word]
    borders = [i for i in range(1, len(words)) if words[i].start - words[i - 1].end >= PAUSE_S]
    phrases = (words[i:j] for i, j in itertools.pairwise([0, *borders, len(words)]))
    return [_segment(part, offset_s) for phrase in phrases if phrase for part in _shorter(phrase)]


def _shorter(phrase: Sequence[RecognizedWord]) -> Iterator[Sequence[RecognizedWord]]:
    inner = range(EDGE_WORDS, len(phrase) - EDGE_WORDS + 1)
    if phrase[-1].end - phrase[0].start <= MAX_SEGMENT_S or not inner:
        yield phrase
        return
    cut = max(inner, key=lambda i: phrase[i].start - phrase[i - 1].end)
    yield from _shorter(phrase[:cut])
    yield from _shorter(phrase[cut:])


def _segment(phrase: Sequence[RecognizedWord], offset_s: float) -> Segment:
    words = tuple(
        Word(
            round(offset_s + word.start, 2),
            round(offset_s + word.end, 2),
            spell(word.text, first=word is phrase[0]),
            round(min(1.0, word.probability), 3),
        )
        for word in phrase
    )
    text = " ".join(word.text for word in words)
    doubtful = clarity(phrase, phrase[-1].end - phrase[0].start) < CLEAR
    return Segment(words[0].start, words[-1].end, text, words=words, doubtful=doubtful)


def spell(text: str, first: bool) -> str:
    """Drop the number of the pronunciation ("to(3)"), and write capitals where English wants them."""
    text = text.partition("(")[0]
    return text[0].upper() + text[1:] if first or text == "i" or text.startswith("i'") else text


class _Child:
    """The process that runs `child.py`; see there for what goes over its pipes."""

    def __enter__(self) -> Self:
        script = Path(__file__).with_name("child.py")
        # -P: the script's own folder holds modules that are called like the libraries they wrap
        command = [sys.executable, "-P", str(script)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._talk = ThreadPoolExecutor(1, "pocketsphinx")
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._process.kill()
        self._talk.shutdown()
        with suppress(BrokenPipeError):
            self._process.communicate()

    def hear(self, samples: Samples) -> None:
        """Begin an utterance."""
        pcm = (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()
        self._answer = self._talk.submit(self._ask, pcm)

    def wait(self) -> bool:
        """Wait a little; True once the utterance is heard."""
        return bool(wait([self._answer], WAIT_S).done)

    def heard(self) -> list[RecognizedWord]:
        try:
            return [RecognizedWord(*row) for row in json.loads(self._answer.result())]
        except (OSError, ValueError) as error:
            raise EngineFailed(N_("PocketSphinx stopped while it worked. Try again.")) from error

    def _ask(self, pcm: bytes) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(len(pcm).to_bytes(4, "little") + pcm)
        self._process.stdin.flush()
        return self._process.stdout.readline()
