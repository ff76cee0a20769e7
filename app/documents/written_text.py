"""What somebody else has written down becomes a transcript: subtitles, lines with times and names, bare text.

SubRip; WebVTT (W3C, https://www.w3.org/TR/webvtt1/), where Teams names speakers by <v>; lines such as
`[00:12:05] Anna: …`, as Zoom saves them. Pure.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import replace

from app.documents.sanitize import one_line
from app.documents.transcript import Segment, Transcript
from app.documents.well_formed import MAX_S, well_formed_transcript

WORDS_A_SECOND = 2.5  # of usual speech, by which times are reckoned where a text has none
SUBTITLES, TEXT = "subtitles", "text"  # names of the engine, for `labels`

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?"
_CUE = re.compile(rf"^\s*{_TIME}\s+-->\s+{_TIME}")
_LINE_TIME = re.compile(rf"^\s*(?:\[{_TIME}\]|\({_TIME}\)|{_TIME}(?=\s))\s*")
_SPEAKER = re.compile(r"^([^\W\d_][\w.'’ -]{0,58}[\w.]|[^\W\d_]):\s+(?=\S)")
_MOST_NAME_WORDS = 4  # before a colon; of more words it is a sentence
_VOICE = re.compile(r"<v(?:\.[\w.]+)?\s+([^>]+)>")
_TAG = re.compile(r"</?[a-z][^>]*>|<\d[\d:.]*>", re.IGNORECASE)
_CYRILLIC, _LATIN = re.compile("[а-яё]", re.IGNORECASE), re.compile("[a-z]", re.IGNORECASE)


def transcript_of(text: str, language: str = "auto") -> Transcript:
    """Read a text; language: its ISO 639-1 code, or auto: Russian or English, by its letters.

    Where it has no times, they are reckoned by a usual pace, and `engine` says so.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    cues = [*_cues(lines)] if any(_CUE.match(line) for line in lines) else []
    segments, engine = (cues, SUBTITLES) if cues else (_paced([*_timed(lines)]), TEXT)
    if language == "auto":
        language = "ru" if len(_CYRILLIC.findall(text)) > len(_LATIN.findall(text)) else "en"
    end = min(max((segment.end for segment in segments), default=0.0), MAX_S)
    return well_formed_transcript(Transcript(tuple(segments), language, engine, end))


def _cues(lines: list[str]) -> Iterator[Segment]:
    """Yield the cues of subtitles, a segment each; what stands before and between them is no speech."""
    starts = [number for number, line in enumerate(lines) if _CUE.match(line)]
    for number, following in zip(starts, [*starts[1:], len(lines) + 2], strict=True):
        found = _CUE.match(lines[number])
        assert found is not None
        payload: list[str] = []
        for line in lines[number + 1 : following]:
            if not line.strip():
                break  # the next cue's identifier, or a note, stands behind it
            payload.append(line)
        said = " ".join(payload)
        voice = _VOICE.search(said)
        speaker, bare = _named(one_line(html.unescape(_TAG.sub("", said))))
        if bare:
            name = one_line(html.unescape(voice[1])) if voice else speaker
            yield Segment(_seconds(found.groups()[:4]), _seconds(found.groups()[4:]), bare, name)


def _timed(lines: list[str]) -> Iterator[Segment]:
    """Yield each line that says something; start: what it says itself, below zero where it says nothing."""
    for line in lines:
        found = _LINE_TIME.match(line)
        start = -1.0
        if found:
            groups = next(g for g in zip(*[iter(found.groups())] * 4, strict=True) if g[2] is not None)
            start = _seconds(groups)
        speaker, said = _named(one_line(line[found.end() :] if found else line))
        if said:
            yield Segment(start, start, said, speaker)


def _paced(lines: list[Segment]) -> list[Segment]:
    """Give lines the times that they lack, by a usual pace, so that none ends after the next one begins."""
    segments: list[Segment] = []
    at = 0.0
    for number, line in enumerate(lines):
        start = max(at, line.start)
        end = start + max(1.0, len(line.text.split()) / WORDS_A_SECOND)
        later = (other.start for other in lines[number + 1 : number + 50] if other.start >= 0)
        end = max(start, min(end, next(later, end)))
        segments.append(replace(line, start=start, end=end))
        at = end
    return segments


def _named(line: str) -> tuple[str | None, str]:
    """Part the speaker, who stands before a colon, from what is said."""
    found = _SPEAKER.match(line)
    words = found[1].split() if found else []
    if found is None or len(words) > _MOST_NAME_WORDS or (len(words) > 1 and any(map(str.islower, words))):
        return None, line
    return found[1], line[found.end() :]


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction or 0}")
