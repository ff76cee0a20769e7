"""Whisper on recordings: hears about a hundred languages. Radford et al. 2022 (arXiv 2212.04356).

Not the `transcribe` of openai-whisper: that hears the silence too, encodes a window up to six times, and
cannot be stopped. Here windows are full of speech, each is encoded once, several are decoded together without
the text before them, and what looks like a loop is decoded again and else marked.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from app.audio.waveform import SPEECH_RATE_HZ, Sound, Span
from app.documents.transcript import Segment, Transcript
from app.engines.base import Heard, TranscribeOptions
from app.engines.compute.device import Device, Priority
from app.engines.compute.memory import give_back
from app.engines.whisper.hallucination import collapse
from app.engines.whisper.languages import SpokenLanguages
from app.engines.whisper.listening import QUALITIES, Listening, Meter
from app.engines.whisper.model import WhisperModel
from app.engines.whisper.windows import MAX_S, SHORT_S, EncodedWindow, Window, make_windows
from app.errors import N_, UnsupportedLanguage
from app.progress import Progress

UNTAUGHT = ("turbo", "distil")  # in the names of models whose training had no translations
AHEAD = 3  # windows encoded before the first is decoded, where one does not tell its language


class WhisperTranscriber:
    """A Transcriber on a loaded model.

    Args:
        name: of the engine and the model, for people: "openai-whisper base".
        quality: a key of QUALITIES.
        terms: names and words that are likely in every recording, beside the prompt of each.
    """

    def __init__(
        self, model: WhisperModel, name: str, device: Device, quality: str = "fast", terms: str = ""
    ) -> None:
        self.name = name
        self.model = model
        self._device = device
        self._quality_name, self._quality = quality, QUALITIES[quality]
        self._terms = terms
        self.languages = None if self.model.is_multilingual else frozenset({"en"})

    def transcribe(
        self, speech: Sound, spans: Iterable[Span], options: TranscribeOptions, progress: Progress
    ) -> Transcript:
        """Hear the spans, a few windows at a time.

        Raises:
            UnsupportedLanguage: the model does not know the language, or cannot translate.
        """
        if speech.sample_rate != SPEECH_RATE_HZ:
            raise ValueError(f"Whisper hears {SPEECH_RATE_HZ} Hz, not {speech.sample_rate}")
        if options.language != "auto" and not self.model.knows(options.language):
            raise UnsupportedLanguage(
                N_("%(engine)s does not know the language “%(language)s”. Choose another."),
                engine=self.name,
                language=options.language,
            )
        if options.task == "translate" and any(kind in self.name for kind in UNTAUGHT):
            raise UnsupportedLanguage(
                N_("%(engine)s was not taught to translate. Choose base, small, medium or large-v3."),
                engine=self.name,
            )
        options = replace(options, prompt=", ".join(filter(None, (self._terms, options.prompt))))
        by = f"{self.name}, {self._quality_name}, {options.temperature}, {options.prompt}"
        if options.task == "translate":
            by += ", translated"
        kept = options.checkpoint.resume(by) if options.checkpoint else Heard()
        meter = Meter(progress, speech.duration_s, kept.until_s)
        listening = Listening(self.model, self._device, speech, options, self._quality, meter)
        languages = SpokenLanguages(options.language, kept, listening.languages_alone)
        longest_s = partial(self._longest_s, options.priority)
        windows = (window for window in make_windows(spans, longest_s) if window.end_s > kept.until_s)
        segments: list[Segment] = [*kept.segments]
        for batch in self._batches(windows, listening, languages):
            n_before = len(segments)
            for language, parts in _by_language(batch, listening, languages).items():
                segments += listening.hear(parts, language)
                languages.spoken_s[language] += sum(part.window.duration_s for part in parts)
            if options.checkpoint:
                new = tuple(segments[n_before:])
                found = dict(languages.chances), dict(languages.spoken_s)
                options.checkpoint.add(Heard(batch[-1].window.end_s, new, *found))
            give_back()
        progress(1.0)
        segments.sort(key=lambda segment: segment.start)
        main = "en" if options.task == "translate" else languages.main
        return Transcript(collapse(segments), main if segments else None, self.name, speech.duration_s)

    def _longest_s(self, priority: Priority) -> float:
        return SHORT_S if self._device.is_wanted(priority) else MAX_S

    def _batches(
        self, windows: Iterator[Window], listening: Listening, languages: SpokenLanguages
    ) -> Iterator[list[EncodedWindow]]:
        """Encode the windows that are worth decoding together.

        The first of several batches is a window alone, so that its text is early.
        """
        n = self.model.batch if listening.speech.duration_s <= self.model.batch * MAX_S else 1
        while batch := listening.encode(islice(windows, n)):
            languages.learn(batch)
            while n < AHEAD and not languages.sure and (more := listening.encode(islice(windows, 1))):
                languages.learn(more)
                batch += more
                n = len(batch)
            yield batch
            n = max(self.model.batch, AHEAD)


def _by_language(
    batch: Sequence[EncodedWindow], listening: Listening, languages: SpokenLanguages
) -> dict[str, list[EncodedWindow]]:
    """Sort windows by the language to hear them in; one with several is encoded anew, each run by itself."""
    sorted_: dict[str, list[EncodedWindow]] = defaultdict(list)
    for part in batch:
        runs = languages.runs(part)
        for language, window in runs:
            sorted_[language].append(part if len(runs) == 1 else listening.encode_one(window))
    return sorted_
