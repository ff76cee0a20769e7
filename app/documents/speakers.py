"""Puts speakers into a transcript: each word to the voice that it overlaps most, segments parted at changes.

Pure functions. The transcript that `transcribe` left stays as it is; this one is made of it and the turns.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.documents.diarization import Turn
from app.documents.labels import labels
from app.documents.transcript import Segment, Transcript, Word

REACH_S = (
    1.0  # how far from a word the nearest turn may lie to have said it: recognizers' times are not exact
)
# A run of words this short between words of one other voice is taken for an error of times, not for a speaker
STRAY_S, STRAY_WORDS = 0.5, 1
OVERLAPPED = 0.5  # share of a segment in which others speak too, from which it is marked
_ID = re.compile(r"Speaker (\d+)")


def with_speakers(transcript: Transcript, turns: Sequence[Turn], *, by_channel: bool = False) -> Transcript:
    """Return the transcript with a speaker for each segment; a segment of several voices is parted.

    by_channel: the turns are those of channels, so that what was heard on one of them is its speaker's.
    """
    index = _Index(turns)
    parts = (
        part
        for segment in transcript.segments
        for part in (
            [_marked(replace(segment, speaker=segment.voice), index)]
            if by_channel and segment.voice
            else _parted(segment, index)
        )
    )
    return replace(transcript, segments=tuple(parts))


def with_recognized(transcript: Transcript, names: Mapping[str, str]) -> Transcript:
    """Return the transcript with the names of voices that are known; the other voices keep their ids."""
    if not names:
        return transcript
    segments = (
        replace(segment, speaker=names.get(segment.speaker or "", segment.speaker))
        for segment in transcript.segments
    )
    return replace(transcript, segments=tuple(segments))


def with_names(transcript: Transcript, names: Mapping[str, str], locale: str) -> Transcript:
    """Return the transcript as people read it: with the names they gave, else "Speaker 1" in their words."""
    segments = tuple(
        replace(segment, speaker=speaker_name(segment.speaker, names, locale)) if segment.speaker else segment
        for segment in transcript.segments
    )
    return replace(transcript, segments=segments)


def names_given(original: Transcript, corrected: Transcript) -> dict[str, str]:
    """Find what people have called the voices: what now stands where most of each voice's time is."""
    index = _Index([Turn(part.start, part.end, part.speaker) for part in original.segments if part.speaker])
    called: dict[str, dict[str, float]] = {}
    for segment in corrected.segments:
        for voice, seconds in index.overlaps(segment.start, segment.end).items():
            names = called.setdefault(voice, {})
            name = segment.speaker or voice
            names[name] = names.get(name, 0.0) + seconds
    best = {voice: max(names, key=names.__getitem__) for voice, names in called.items()}
    return {voice: name for voice, name in best.items() if name != voice}


def speaking_time_s(transcript: Transcript) -> dict[str, float]:
    """Return the seconds that each speaks by the transcript; those who speak most come first."""
    seconds: dict[str, float] = {}
    for segment in transcript.segments:
        if segment.speaker:
            seconds[segment.speaker] = seconds.get(segment.speaker, 0.0) + segment.end - segment.start
    return dict(sorted(seconds.items(), key=lambda entry: -entry[1]))


def speaker_name(speaker: str, names: Mapping[str, str], locale: str) -> str:
    """Return what people call a voice."""
    if speaker in names:
        return names[speaker]
    found = _ID.fullmatch(speaker)
    return labels(locale)["speaker"].format(n=found[1]) if found else speaker


def is_name(speaker: str) -> bool:
    """Tell what people call a voice from its id."""
    return not _ID.fullmatch(speaker)


@dataclass(frozen=True, slots=True)
class _Said:
    """A run of words of one voice; None: nobody is near."""

    speaker: str | None
    words: tuple[Word, ...]

    @property
    def duration_s(self) -> float:
        return self.words[-1].end - self.words[0].start


class _Index:
    """The turns, to be asked who speaks in a stretch of time."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = sorted(turns, key=lambda turn: turn.start)
        self._starts = [turn.start for turn in self._turns]
        self._longest_s = max((turn.end - turn.start for turn in turns), default=0.0)

    def speaker(self, start: float, end: float) -> str | None:
        """Return the voice that overlaps the stretch most, else the nearest within reach."""
        overlaps = self.overlaps(start, end)
        if overlaps:
            return max(overlaps, key=lambda speaker: overlaps[speaker])
        near = self._within(start - REACH_S, end + REACH_S)
        return min(near, key=lambda turn: max(start - turn.end, turn.start - end)).speaker if near else None

    def overlaps(self, start: float, end: float) -> dict[str, float]:
        """Return the seconds that each voice speaks in the stretch."""
        seconds: dict[str, float] = {}
        for turn in self._within(start, end):
            together = min(end, turn.end) - max(start, turn.start)
            seconds[turn.speaker] = seconds.get(turn.speaker, 0.0) + together
        return seconds

    def _within(self, start: float, end: float) -> list[Turn]:
        first = bisect_right(self._starts, start - self._longest_s)
        last = bisect_right(self._starts, end)
        return [turn for turn in self._turns[first:last] if turn.end > start and turn.start < end]


def _parted(segment: Segment, index: _Index) -> Iterator[Segment]:
    if not segment.words:
        yield _marked(replace(segment, speaker=index.speaker(segment.start, segment.end)), index)
        return
    runs = _without_strays(
        _runs([_Said(index.speaker(word.start, word.end), (word,)) for word in segment.words])
    )
    if len(runs) == 1:  # its text stays, whatever its words are
        yield _marked(replace(segment, speaker=runs[0].speaker), index)
        return
    texts = _texts(segment, [len(run.words) for run in runs])
    for number, (run, text) in enumerate(zip(runs, texts, strict=True)):
        start = segment.start if number == 0 else run.words[0].start
        end = segment.end if number == len(runs) - 1 else run.words[-1].end
        part = replace(segment, start=start, end=end, text=text, speaker=run.speaker, words=run.words)
        yield _marked(part, index)


def _marked(segment: Segment, index: _Index) -> Segment:
    others = sum(
        seconds
        for speaker, seconds in index.overlaps(segment.start, segment.end).items()
        if speaker != segment.speaker
    )
    return replace(segment, overlapped=others > OVERLAPPED * max(segment.end - segment.start, 1e-6))


def _runs(said: Sequence[_Said]) -> list[_Said]:
    """Join neighbours of one voice; words of nobody go with those before, at the start with those after."""
    runs: list[_Said] = []
    for one in said:
        if runs and (one.speaker in (None, runs[-1].speaker) or runs[-1].speaker is None):
            runs[-1] = _Said(runs[-1].speaker or one.speaker, runs[-1].words + one.words)
        else:
            runs.append(one)
    return runs


def _without_strays(runs: Sequence[_Said]) -> list[_Said]:
    """Give a stray word between two runs of another voice to that voice."""
    given = list(runs)
    for number in range(1, len(runs) - 1):
        before, run, after = given[number - 1], runs[number], runs[number + 1]
        stray = len(run.words) <= STRAY_WORDS and run.duration_s <= STRAY_S
        if stray and before.speaker == after.speaker:
            given[number] = _Said(before.speaker, run.words)
    return _runs(given)


def _texts(segment: Segment, n_words: Sequence[int]) -> list[str]:
    """Cut a segment's text before the first word of each part; where words are not found in it, join them."""
    places, cursor = [], 0
    for word in segment.words:
        spoken = word.text.strip()
        place = segment.text.find(spoken, cursor)
        if place < 0:
            texts = [word.text.strip() for word in segment.words]
            ends = _ends(n_words)
            return [" ".join(texts[first:last]) for first, last in pairwise([0, *ends])]
        places.append(place)
        cursor = place + len(spoken)
    cuts = [0, *(places[end] for end in _ends(n_words)[:-1]), len(segment.text)]
    return [segment.text[first:last].strip() for first, last in pairwise(cuts)]


def _ends(n_words: Sequence[int]) -> list[int]:
    ends: list[int] = []
    for n in n_words:
        ends.append((ends[-1] if ends else 0) + n)
    return ends
