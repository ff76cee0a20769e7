"""Subtitles: SubRip (srt) and WebVTT (https://www.w3.org/TR/webvtt1/).

Sizes and durations are those of Netflix's Timed Text Style Guide, "General Requirements": 42 characters a
line, two lines, 5/6 s to 7 s on screen, and where people pause, 17 characters a second to read.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from app.documents.document import DOUBTFUL_MARK
from app.documents.sanitize import one_line
from app.documents.transcript import Segment, Transcript

LINE_CHARS = 42
MIN_MS = 833
MAX_MS = 7000
CHARS_PER_S = 17  # of reading: the limit for Russian; a cue stays on as long as the next one lets it


@dataclass(frozen=True, slots=True)
class Cue:
    """What is on screen from `start_ms` to `end_ms`."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    speaker: str | None = None


class _Clock:
    """When each character of a segment's text is said: by its words, else evenly."""

    def __init__(self, segment: Segment, text: str) -> None:
        start = max(0.0, segment.start)
        end = max(start, segment.end)
        self.chars, self.times = [0], [start]
        cursor = 0
        for word in segment.words:
            spoken = one_line(word.text)
            place = text.find(spoken, cursor) if spoken else -1
            if place >= 0:
                cursor = place + len(spoken)
                begun = min(max(word.start, self.times[-1]), end)
                self.chars += [place, cursor]
                self.times += [begun, min(max(word.end, begun), end)]
        self.chars.append(len(text))
        self.times.append(end)

    def at(self, char: int) -> float:
        right = min(bisect_right(self.chars, char), len(self.chars) - 1)
        left = right - 1
        span = self.chars[right] - self.chars[left]
        share = min(1.0, (char - self.chars[left]) / span) if span else 1.0
        return self.times[left] + share * (self.times[right] - self.times[left])


def cues(transcript: Transcript, *, name_speakers: bool) -> list[Cue]:
    """Cut a transcript into cues that never overlap.

    `name_speakers`: write "Name: " where the speaker changes, for formats without a mark for it.
    """
    raw: list[Cue] = []
    speaker = None
    for segment in sorted(transcript.segments, key=lambda segment: segment.start):
        text = one_line(segment.text)
        if not text:
            continue
        name = one_line(segment.speaker or "") or None
        prefix = f"{name}: " if name_speakers and name and name != speaker else ""
        mark = f"{DOUBTFUL_MARK} " if segment.doubtful else ""
        speaker = name
        text = f"{prefix}{mark}{text}"
        spoken = _Clock(segment, text)
        for start, end, lines in _pieces(text, 0, len(text), spoken):
            raw.append(Cue(round(spoken.at(start) * 1000), round(spoken.at(end) * 1000), lines, name))
    return list(_apart(_joined(raw)))


def _pieces(text: str, start: int, end: int, spoken: _Clock) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Halve text[start:end] until each piece fits the screen and its time."""
    piece = text[start:end]
    lasts_ms = (spoken.at(end) - spoken.at(start)) * 1000
    lines = _lines(piece)
    in_time = (
        lasts_ms <= MAX_MS or len(piece) <= LINE_CHARS / 2
    )  # a short piece stays whole, however slowly it is said
    cut = _cut(piece)
    if lines and (in_time or cut is None):
        yield start, end, lines
        return
    assert cut, "a piece of more than one line can be halved"
    left, right = cut
    yield from _pieces(text, start, start + left, spoken)
    yield from _pieces(text, start + right, end, spoken)


def _lines(piece: str) -> tuple[str, ...] | None:
    """Break a piece into one or two lines that fit; None where it needs more."""
    if len(piece) <= LINE_CHARS:
        return (piece,)
    cut = _cut(piece, LINE_CHARS)
    return (piece[: cut[0]], piece[cut[1] :]) if cut else None


def _cut(piece: str, limit: int | None = None) -> tuple[int, int] | None:
    """Find where to halve a piece: (end of the left, start of the right); None where it cannot be done.

    Near the middle, rather after a punctuation mark, at a space; inside a word only where there is no space.
    `limit`: both halves must be that short.
    """
    size = len(piece)
    limit = limit or size
    middle = size / 2
    low, high = (
        max(1, size - limit - 1, round(middle) - LINE_CHARS),
        min(size - 1, limit, round(middle) + LINE_CHARS),
    )
    best: tuple[float, int, int] | None = None
    for place in range(low, high + 1):
        if piece[place] == " " and size - place - 1 <= limit:
            far = abs(place - middle) - (LINE_CHARS / 4 if piece[place - 1] in ".!?…,;:—–" else 0)
            if best is None or far < best[0]:
                best = (far, place, place + 1)
    if best:
        return best[1], best[2]
    place = round(middle)
    return (place, place) if size > LINE_CHARS and place <= limit and size - place <= limit else None


def _joined(raw: list[Cue]) -> list[Cue]:
    """Join a cue that would only blink to what the same speaker says next, where both fit the screen."""
    joined: list[Cue] = []
    for cue in raw:
        before = joined[-1] if joined else None
        if (
            before
            and cue.speaker
            and cue.speaker == before.speaker
            and cue.start_ms - before.start_ms < MIN_MS
            and cue.end_ms - before.start_ms <= MAX_MS
            and (lines := _lines(" ".join((*before.lines, *cue.lines))))
        ):
            joined[-1] = Cue(before.start_ms, max(before.end_ms, cue.end_ms), lines, cue.speaker)
        else:
            joined.append(cue)
    return joined


def _apart(raw: list[Cue]) -> Iterator[Cue]:
    """Give each cue its time to be read, and no two the same moment."""
    free_ms = 0
    for index, cue in enumerate(raw):
        start_ms = max(cue.start_ms, free_ms)
        read_ms = round(1000 * sum(map(len, cue.lines)) / CHARS_PER_S)
        end_ms = min(max(cue.end_ms, start_ms + MIN_MS, start_ms + read_ms), start_ms + MAX_MS)
        if index + 1 < len(raw):
            next_ms = raw[index + 1].start_ms
            end_ms = min(end_ms, max(next_ms, start_ms + MIN_MS // 2))
        free_ms = end_ms
        yield Cue(start_ms, end_ms, cue.lines, cue.speaker)


def _time(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"


def render_srt(transcript: Transcript) -> str:
    """Render SubRip subtitles."""
    blocks = [
        f"{number}\n{_time(cue.start_ms, ',')} --> {_time(cue.end_ms, ',')}\n"
        + "\n".join(_without_tags(line) for line in cue.lines)
        + "\n"
        for number, cue in enumerate(cues(transcript, name_speakers=True), start=1)
    ]
    return "\n".join(blocks) or "\n"


def _without_tags(text: str) -> str:
    """Keep players from reading markup into what was said: SubRip has tags, but no way to escape them."""
    return re.sub(r"<(?=[A-Za-z/!])|\{(?=\\)", "\\g<0>\u2060", text)  # a word joiner, which nobody sees


def render_vtt(transcript: Transcript) -> str:
    """Render WebVTT subtitles; speakers are voice spans, the engine stands in a comment."""
    blocks = ["WEBVTT\n", f"NOTE\nTranscribed by {_escape(one_line(transcript.engine))}\n"]
    for cue in cues(transcript, name_speakers=False):
        # "-->" in a line makes it a time (4.1): a name that ends so gets a word joiner, which nobody sees
        voice = f"<v {_escape(cue.speaker)}>".replace("-->", "--\u2060>") if cue.speaker else ""
        text = "\n".join(_escape(line) for line in cue.lines)
        blocks.append(f"{_time(cue.start_ms, '.')} --> {_time(cue.end_ms, '.')}\n{voice}{text}\n")
    return "\n".join(blocks)


def _escape(text: str) -> str:
    return re.sub("[&<>]", lambda found: {"&": "&amp;", "<": "&lt;", ">": "&gt;"}[found.group()], text)
