"""Joins the segments of a transcript into paragraphs that a person can read."""

from collections.abc import Collection
from dataclasses import dataclass

from app.documents.joining import joined as joined_text
from app.documents.sanitize import one_line
from app.documents.transcript import Segment, Transcript

PAUSE_S = 2.0  # a silence of this length begins a new paragraph
FULL_CHARS = 350  # about five lines on A4: the next sentence opens a paragraph
MAX_CHARS = 900  # engines without punctuation never end a sentence
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "۔", "؟", "।", "։")
_CLOSING = "»\"”’')]"  # what may stand behind the end of a sentence


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What one speaker said without a pause."""

    start: float
    text: str
    speaker: str | None
    doubtful: bool


def milliseconds(seconds: float) -> int:
    """Tell times apart that are equal for people, whatever JSON made of their floats."""
    return round(seconds * 1000)


def paragraphs(transcript: Transcript, cited: Collection[int] = ()) -> list[Paragraph]:
    """Join segments. A segment in `cited` (starts in ms) opens a paragraph, so that its time can be found."""
    joined: list[Paragraph] = []
    group: list[str] = []
    first: Segment | None = None
    last: Segment | None = None
    n_chars = 0

    def close() -> None:
        if first is not None:
            joined.append(Paragraph(first.start, joined_text(group), first.speaker, first.doubtful))

    for segment in transcript.segments:
        text = one_line(segment.text)
        if not text:
            continue
        if first is None or last is None or _breaks(first, last, segment, n_chars, group[-1], cited):
            close()
            first, group, n_chars = segment, [], 0
        group.append(text)
        n_chars += len(text) + 1
        last = segment
    close()
    return joined


def _breaks(
    first: Segment, last: Segment, segment: Segment, n_chars: int, text: str, cited: Collection[int]
) -> bool:
    if segment.speaker != first.speaker or segment.doubtful != first.doubtful:
        return True
    if segment.start - last.end >= PAUSE_S or milliseconds(segment.start) in cited:
        return True
    return n_chars >= MAX_CHARS or (n_chars >= FULL_CHARS and text.rstrip(_CLOSING).endswith(_SENTENCE_ENDS))
