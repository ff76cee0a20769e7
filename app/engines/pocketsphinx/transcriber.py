"""PocketSphinx: the recognizer that needs no download. It hears English, spoken clearly."""

from collections.abc import Iterable, Sequence
from functools import partial

from app.audio.waveform import SPEECH_RATE_HZ, Sound, Span
from app.documents.transcript import Segment, Transcript
from app.engines.base import Heard, TranscribeOptions
from app.engines.compute.device import Device
from app.engines.pocketsphinx.process import RecognizerProcess
from app.engines.pocketsphinx.segments import make_segments
from app.engines.pocketsphinx.words import CLEAR, RecognizedWord, clarity
from app.errors import N_, EngineUnavailable
from app.progress import Progress

TRIAL_S = 60.0  # of speech, after which it is known whether this is English


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
        self, speech: Sound, spans: Iterable[Span], options: TranscribeOptions, progress: Progress
    ) -> Transcript:
        """Hear the spans one by one.

        Raises:
            EngineUnavailable: the language is "auto", and the first minute is not clear English.
        """
        if speech.sample_rate != SPEECH_RATE_HZ:
            raise ValueError(f"PocketSphinx hears {SPEECH_RATE_HZ} Hz, not {speech.sample_rate}")
        turn = partial(self._device.turn, options.priority)
        kept = options.checkpoint.resume(self.name) if options.checkpoint else Heard()
        reached_s, tried_s = kept.until_s, 0.0
        heard: list[RecognizedWord] = []
        segments: list[Segment] = [*kept.segments]
        n_kept = len(segments)
        doubted = options.language == "auto" and not kept.until_s
        with RecognizerProcess() as process:
            for span in (span for span in spans if span.end > kept.until_s):
                process.hear(speech.cut(span.start, span.end).mono())
                while not turn(process.wait):
                    progress(reached_s / speech.duration_s)
                utterance, reached_s = process.heard(), span.end
                tried_s += span.duration_s
                progress(reached_s / speech.duration_s)
                segments += make_segments(utterance, span.start)
                if doubted:
                    heard += utterance
                    if tried_s >= TRIAL_S:
                        doubted = False
                        self._check_clarity(heard, tried_s)
                if options.checkpoint and not doubted:
                    options.checkpoint.add(Heard(span.end, tuple(segments[n_kept:])))
                    n_kept = len(segments)
        if doubted:
            self._check_clarity(heard, tried_s)
        progress(1.0)
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
