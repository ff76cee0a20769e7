"""Subtitles: SubRip (srt) and WebVTT (https://www.w3.org/TR/webvtt1/).

Sizes and durations are those of Netflix's Timed Text Style Guide, "General Requirements": two lines of 42
characters (fewer of some languages, see `line_breaking`), 5/6 s to 7 s on screen, and where people pause, 17
columns a second to read.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.documents.document import DOUBTFUL_MARK
from app.documents.joining import joined
from app.documents.line_breaking import Line, line_columns
from app.documents.sanitize import one_line
from app.documents.scripts import reads_right_to_left
from app.documents.transcript import Segment, Transcript
from app.documents.typography import speaks

MIN_MS = 833
MAX_MS = 7000
COLUMNS_PER_S = 17  # of reading: the limit for Russian; a cue stays on as long as the next one lets it
_SILENT = "1\n00:00:00,000 --> 00:00:00,001\n"  # readers refuse a file without any cue
_PAUSES = ".!?…,;:—–。！？、，；：؟،؛۔।։"  # behind which a reader pauses


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
    language = transcript.language
    limit = line_columns(language)
    for segment in sorted(transcript.segments, key=lambda segment: segment.start):
        text = one_line(segment.text)
        if not text:
            continue
        name = one_line(segment.speaker or "") or None
        prefix = speaks(name, language) if name_speakers and name and name != speaker else ""
        mark = f"{DOUBTFUL_MARK} " if segment.doubtful else ""
        speaker = name
        text = f"{prefix}{mark}{text}"
        spoken = _Clock(segment, text)
        line = Line(text, language)
        for start, end, lines in _pieces(line, 0, len(text), spoken, limit):
            raw.append(Cue(round(spoken.at(start) * 1000), round(spoken.at(end) * 1000), lines, name))
    shown = list(_apart(_joined(raw, language), language))
    return _within(shown, max(round(transcript.duration_s * 1000), *(cue.end_ms for cue in raw), 0))


def _pieces(
    line: Line, start: int, end: int, spoken: _Clock, limit: int
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Halve text[start:end] until each piece fits the screen and its time."""
    lasts_ms = (spoken.at(end) - spoken.at(start)) * 1000
    lines = _lines(line, limit, start, end)
    # a short piece stays whole, however slowly it is said
    in_time = lasts_ms <= MAX_MS or line.columns(start, end) <= limit / 2
    cut = _cut(line, start, end, limit)
    if cut is None or (lines and in_time):
        yield start, end, lines or (line.text[start:end],)
        return
    yield from _pieces(line, start, cut[0], spoken, limit)
    yield from _pieces(line, cut[1], end, spoken, limit)


def _lines(line: Line, limit: int, start: int = 0, end: int | None = None) -> tuple[str, ...] | None:
    """Break text[start:end] into one or two lines of at most `limit` columns; None where it needs more."""
    end = len(line.text) if end is None else end
    if line.columns(start, end) <= limit:
        return (line.text[start:end],)
    cut = _cut(line, start, end, limit, both_fit=True)
    return (line.text[start : cut[0]], line.text[cut[1] : end]) if cut else None


def _cut(line: Line, start: int, end: int, limit: int, *, both_fit: bool = False) -> tuple[int, int] | None:
    """Find where to halve text[start:end]: (end of the left, start of the right), or None.

    Near the middle, rather after a punctuation mark, between two words; inside a word only where there is no
    such place and it has more columns than the limit. `both_fit`: both halves within the limit.
    """
    whole = line.columns(start, end)
    most = limit if both_fit else whole
    best: tuple[float, int, int] | None = None
    inside = line.places[bisect_right(line.places, (start, end)) : bisect_left(line.places, (end, end))]
    between = [(left, right) for left, right in inside if right < end]
    for left, right in between:
        before, after = line.columns(start, left), line.columns(right, end)
        if before <= most and after <= most:
            far = abs(before - whole / 2) - (limit / 4 if line.text[left - 1] in _PAUSES else 0)
            if best is None or far < best[0]:
                best = (far, left, right)
    if best:
        return best[1], best[2]
    place = line.middle(start, end) if whole > limit and not between else None
    if place is None or max(line.columns(start, place), line.columns(place, end)) > most:
        return None
    return place, place


def _joined(raw: list[Cue], language: str | None) -> list[Cue]:
    """Join a cue that would only blink to what the same speaker says next, where both fit the screen."""
    found: list[Cue] = []
    for cue in raw:
        before = found[-1] if found else None
        if (
            before
            and cue.speaker
            and cue.speaker == before.speaker
            and cue.start_ms - before.start_ms < MIN_MS
            and cue.end_ms - before.start_ms <= MAX_MS
            and (lines := _lines(Line(joined((*before.lines, *cue.lines)), language), line_columns(language)))
        ):
            found[-1] = Cue(before.start_ms, max(before.end_ms, cue.end_ms), lines, cue.speaker)
        else:
            found.append(cue)
    return found


def _apart(raw: list[Cue], language: str | None) -> Iterator[Cue]:
    """Give each cue its time to be read, and no two the same moment."""
    free_ms = 0
    for index, cue in enumerate(raw):
        start_ms = max(cue.start_ms, free_ms)
        read_ms = round(1000 * sum(Line(line, language).columns() for line in cue.lines) / COLUMNS_PER_S)
        end_ms = min(max(cue.end_ms, start_ms + MIN_MS, start_ms + read_ms), start_ms + MAX_MS)
        if index + 1 < len(raw):
            next_ms = raw[index + 1].start_ms
            end_ms = min(end_ms, max(next_ms, start_ms + MIN_MS // 2))
        free_ms = end_ms
        yield Cue(start_ms, end_ms, cue.lines, cue.speaker)


def _within(shown: list[Cue], end_ms: int) -> list[Cue]:
    """Let the last cues end with the recording; what is said in its last blink begins a little sooner."""
    least_ms = min(MIN_MS // 2, end_ms // max(len(shown), 1))
    if not least_ms:
        return shown
    found: list[Cue] = []
    for cue in reversed(shown):
        until_ms = min(cue.end_ms, end_ms)
        end_ms = min(cue.start_ms, until_ms - least_ms)
        found.append(replace(cue, start_ms=end_ms, end_ms=until_ms))
    return found[::-1]


def _time(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"


def render_srt(transcript: Transcript) -> str:
    """Render SubRip subtitles."""
    blocks = [
        f"{number}\n{_time(cue.start_ms, ',')} --> {_time(cue.end_ms, ',')}\n"
        + "\n".join(_embedded(_without_tags(line), transcript.language) for line in cue.lines)
        + "\n"
        for number, cue in enumerate(cues(transcript, name_speakers=True), start=1)
    ]
    return "\n".join(blocks) or _SILENT


def _embedded(line: str, language: str | None) -> str:
    """Mark a line that is read from the right: players take SubRip for left to right (libass does)."""
    return f"\u202b{line}\u202c" if reads_right_to_left(line, language) else line


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
