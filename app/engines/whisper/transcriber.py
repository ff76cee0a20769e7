"""Whisper on recordings: hears about a hundred languages. Radford et al. 2022 (arXiv 2212.04356).

Not the `transcribe` of openai-whisper: that hears the silence too, encodes a window up to six times, and
cannot be stopped. Here windows are full of speech, each is encoded once, several are decoded together without
the text before them, and what looks like a loop is decoded again and else marked.
"""

from collections import defaultdict, deque
from collections.abc import Sequence

from app.audio.waveform import SPEECH_RATE_HZ, Sound, Span
from app.documents.transcript import Segment, Transcript
from app.engines.base import Heard, TranscribeOptions
from app.engines.compute.device import Device
from app.engines.whisper.hallucination import collapse
from app.engines.whisper.languages import choose_languages
from app.engines.whisper.listening import QUALITIES, Listening, Meter
from app.engines.whisper.model import WhisperModel
from app.engines.whisper.windows import make_windows
from app.errors import N_, UnsupportedLanguage
from app.progress import Progress

AHEAD = 3  # windows encoded at least before the first is decoded: the language is not one window's guess


class WhisperTranscriber:
    """A Transcriber on a loaded model.

    Args:
        name: of the engine and the model, for people: "openai-whisper base".
        quality: a key of QUALITIES.
    """

    def __init__(self, model: WhisperModel, name: str, device: Device, quality: str = "fast") -> None:
        self.name = name
        self.model = model
        self._device = device
        self._quality = QUALITIES[quality]
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
        kept = options.checkpoint.resume(self.name) if options.checkpoint else Heard()
        windows = deque(window for window in make_windows(spans) if window.spans[-1].end > kept.until_s)
        meter = Meter(progress, sum(span.duration_s for span in spans))
        meter.add(sum(span.duration_s for span in spans) - sum(window.duration_s for window in windows))
        listening = Listening(self.model, self._device, speech, options, self._quality, meter)
        chances: dict[str, float] = defaultdict(float, kept.chances)
        spoken: dict[str, float] = defaultdict(float, kept.spoken_s)
        segments: list[Segment] = [*kept.segments]
        while windows:
            batch = [windows.popleft() for _ in range(min(max(self.model.batch, AHEAD), len(windows)))]
            encoded = listening.encode(batch)
            n_before = len(segments)
            for language, parts in choose_languages(encoded, options.language, chances).items():
                segments += listening.hear(parts, language)
                spoken[language] += sum(part.window.duration_s for part in parts)
            if options.checkpoint:
                end, new = batch[-1].spans[-1].end, tuple(segments[n_before:])
                options.checkpoint.add(Heard(end, new, dict(chances), dict(spoken)))
        progress(1.0)
        segments.sort(key=lambda segment: segment.start)
        main = max(spoken, key=spoken.__getitem__) if segments else None
        return Transcript(collapse(segments), main, self.name, speech.duration_s)
