"""In which languages a recording is spoken, and in which of them each stretch of speech is."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from app.audio.waveform import Span
from app.engines.base import Heard
from app.engines.whisper.windows import Chances, EncodedWindow, Window

# A recording is taken to have one more language where a stretch is this likely in it, and so many times as
# likely as in those that are known; one shorter than three seconds must stand out more. Of noisy and short
# sound Whisper often guesses a wrong one. Measured with Whisper base: English in noise and far from the
# microphone is at most 3.5 times as likely Welsh; 4 s of Russian among English are 5 times as likely Russian.
LIKELY, SURE, SURE_S = 0.5, 5.0, 3.0
# Among English in one window the chances of 4 s of Russian are .48 to .91, of as much by itself .93 and more:
# the share of a window says what is worth to be listened to by itself.
LIKELY_IN_WINDOW = 0.3
NEW_S = 1.5  # a shorter stretch brings no language
LEAST_S = 1.0  # a shorter stretch says nothing of its language


class SpokenLanguages:
    """What is known of the languages of one recording; it grows as the recording is heard.

    Args:
        wanted: "auto", or the language of all.
        kept: what was found before the work was stopped.
        ask: tells the chances of a stretch that is listened to by itself.
    """

    def __init__(self, wanted: str, kept: Heard, ask: Callable[[Span], Chances]) -> None:
        self._wanted = wanted
        self._ask = ask
        self.chances: Chances = defaultdict(float, kept.chances)  # in seconds of speech
        self.spoken_s: dict[str, float] = defaultdict(float, kept.spoken_s)
        self._known = set(kept.spoken_s)

    @property
    def main(self) -> str | None:
        """Return what most of the recording is in."""
        return max(self.spoken_s, key=self.spoken_s.__getitem__, default=None)

    @property
    def sure(self) -> bool:
        """Tell whether it is plain by now what the recording begins in."""
        return self._wanted != "auto" or _likely(self.chances, self.chances, SURE) is not None

    def learn(self, parts: Iterable[EncodedWindow]) -> None:
        """Take notice of what windows seem to be in, before any of them is heard."""
        if self._wanted != "auto":
            return
        found: list[tuple[Span, Chances]] = []
        for part in parts:
            found += zip(part.window.spans, part.languages, strict=True)
            for code, chance in part.chances.items():
                self.chances[code] += chance * part.window.duration_s
        self._known |= {_likeliest(self.chances)}
        for span, chances in found:
            new = _likeliest(chances)
            if new in self._known or not self._is_in(new, span, chances, LIKELY_IN_WINDOW):
                continue
            if self._is_in(new, span, self._ask(span), LIKELY):
                self._known.add(new)

    def runs(self, part: EncodedWindow) -> list[tuple[str, Window]]:
        """Cut a window where its language changes; mostly it is one run, the window itself."""
        languages = self._of_spans(part)
        pairs = groupby(zip(languages, part.window.spans, strict=True), key=lambda pair: pair[0])
        return [(language, Window(tuple(span for _, span in run))) for language, run in pairs]

    def _is_in(self, new: str, span: Span, chances: Chances, likely: float) -> bool:
        times = SURE ** max(1.0, SURE_S / max(span.duration_s, NEW_S))
        stands_out = _likely(chances, {new, *self._known}, times) == new
        return span.duration_s >= NEW_S and chances.get(new, 0.0) >= likely and stands_out

    def _of_spans(self, part: EncodedWindow) -> list[str]:
        spans = part.window.spans
        if self._wanted != "auto":
            return [self._wanted] * len(spans)
        if len(self._known) == 1:
            return [*self._known] * len(spans)
        found = [
            self._of_span(span, chances) or self._of_span(span, self._ask(span))
            for span, chances in zip(spans, part.languages, strict=True)
        ]
        return _filled(found, max(self._known, key=lambda code: part.chances.get(code, 0.0)))

    def _of_span(self, span: Span, chances: Chances) -> str | None:
        return _likely(chances, self._known, SURE) if span.duration_s >= LEAST_S else None


def _likeliest(chances: Chances) -> str:
    return max(chances, key=chances.__getitem__)


def _likely(chances: Chances, among: Iterable[str], times: float) -> str | None:
    """Return the language that is so many times as likely as any other of these; None: there is none."""
    ordered = sorted(((chances.get(code, 0.0), code) for code in among), reverse=True)
    second = ordered[1][0] if len(ordered) > 1 else 0.0
    return ordered[0][1] if ordered and ordered[0][0] >= times * second else None


def _filled(found: Sequence[str | None], otherwise: str) -> list[str]:
    """Give a stretch that says nothing the language of the one before it, the first ones that of the next."""
    first = next((language for language in found if language), otherwise)
    filled: list[str] = []
    for language in found:
        filled.append(language or (filled[-1] if filled else first))
    return filled
