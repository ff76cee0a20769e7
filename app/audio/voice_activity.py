"""Probabilities of speech become spans of it: what recordings and live streams share of voice detection."""

from collections.abc import Iterator

from app.audio.waveform import SPEECH_RATE_HZ, Samples, Span

WINDOW = 512  # samples that get one probability
WINDOW_S = WINDOW / SPEECH_RATE_HZ

# Silero VAD's own defaults, but for the padding: recognizers lose clipped first and last sounds.
ENTER, LEAVE = 0.5, 0.35  # probabilities at which speech begins and ends
MIN_SPEECH_S = 0.25
PAD_S = 0.25
MAX_SPAN_S = 28.0  # longer ones are cut where speech is least likely; Whisper's window is 30 s


def find_spans(probabilities: Samples, duration_s: float) -> tuple[Span, ...]:
    """Turn the windows' probabilities into padded spans; drop what is too short to be a word."""
    spans: list[Span] = []
    begin: int | None = None
    for index, probability in enumerate([*probabilities.tolist(), 0.0]):
        if begin is None and probability >= ENTER:
            begin = index
        elif begin is not None and probability < LEAVE:
            start, end = begin * WINDOW_S, index * WINDOW_S
            begin = None
            if end - start < MIN_SPEECH_S:
                continue
            start, end = max(0.0, start - PAD_S), min(duration_s, end + PAD_S)
            if spans and start <= spans[-1].end:
                start = spans.pop().start
            spans.append(Span(start, end))
    return tuple(part for span in spans for part in _cut(span, probabilities))


def _cut(span: Span, probabilities: Samples) -> Iterator[Span]:
    """Cut a long span into parts of 14 to 28 s, where it sounds least like speech."""
    start = span.start
    while span.end - start > MAX_SPAN_S:
        first, last = (round((start + s) / WINDOW_S) for s in (MAX_SPAN_S / 2, MAX_SPAN_S))
        middle = (first + int(probabilities[first:last].argmin()) + 0.5) * WINDOW_S
        yield Span(start, middle)
        start = middle
    yield Span(start, span.end)
