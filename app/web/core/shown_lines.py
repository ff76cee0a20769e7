"""The lines of a transcript as its page lays them out: in parts. A long recording's page has the first.

The others come when somebody goes there or needs them all; a page of three hours would else be 400 kB.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from app.documents.minutes import Topic
from app.documents.transcript import Segment, Transcript
from app.pipeline.corrections import Corrections

N_COLOURS = 8  # of speakers, in static/recording.css
BLOCK_LINES = 10  # are laid out by a browser together, and only where they are in sight
PART_S = 300.0  # of a recording is asked for at once: some 150 lines
FIRST_LINES = 300  # the page has the parts in which these are
N_VOICES = 600  # equal stretches of a recording, of each of which the waveform knows who speaks


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the transcript on the page.

    at_ms: by which links name it; begins: nobody or somebody else speaks before it; who: the number of who
    speaks among all, where the page says it: where somebody begins, and in the first line of a part;
    topic: of the minutes, which begins with it.
    """

    segment: Segment
    at_ms: int
    begins: bool
    who: int | None
    topic: Topic | None

    @property
    def exact_start(self) -> float | None:
        """Its start, where that is no whole number of milliseconds."""
        return None if self.segment.start == self.at_ms / 1000 else self.segment.start


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines, with what the script knows of them: once for all, since a page has thousands.

    keys: of the first line where they count on from it, else of each; ends: of each, in seconds.
    """

    lines: tuple[ShownLine, ...]
    keys: str
    ends: str


@dataclass(frozen=True)
class Part:
    """What is said in PART_S of a recording; drawn: the page has it from the beginning.

    number: of the part; begun: how many lines are before it.
    """

    number: int
    begun: int
    lines: tuple[ShownLine, ...]
    keys: tuple[int, ...]
    drawn: bool

    @property
    def start(self) -> float:
        return self.lines[0].segment.start

    @property
    def end(self) -> float:
        """When the last of its lines ends, in seconds."""
        return max(line.segment.end for line in self.lines)

    @property
    def blocks(self) -> Iterator[Block]:
        for begun in range(0, len(self.lines), BLOCK_LINES):
            lines, keys = self.lines[begun : begun + BLOCK_LINES], self.keys[begun : begun + BLOCK_LINES]
            counts_on = keys == tuple(range(keys[0], keys[0] + len(keys)))
            ends = " ".join(str(line.segment.end) for line in lines)
            yield Block(lines, " ".join(map(str, keys[:1] if counts_on else keys)), ends)


@dataclass(frozen=True)
class ShownLines:
    """All lines of a recording, as its page shows them; whole: the page has every part from the beginning."""

    corrections: Corrections
    whole: bool = False

    @cached_property
    def colours(self) -> dict[str, int]:
        """The colour of each speaker, by the order in which they are first heard."""
        transcript = self.corrections.recording.transcript
        return colours(transcript) if transcript else {}

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Those parts in which a line begins, in their order."""
        numbered = zip(self._lines(), self.corrections.keys, strict=True)
        found: list[Part] = []
        begun = 0
        for number, of_part in groupby(numbered, lambda one: part_of(one[0].segment)):
            lines, keys = zip(*of_part, strict=True)
            found.append(Part(number, begun, lines, keys, self.whole or begun < FIRST_LINES))
            begun += len(lines)
        return tuple(found)

    @property
    def voices(self) -> str:
        """Who speaks in each of N_VOICES stretches, for the waveform.

        The number of a colour, "-" for somebody without one, space for nobody. Empty where the page has
        all lines and can see for itself.
        """
        transcript = self.corrections.recording.transcript
        if transcript is None or not transcript.duration_s or all(part.drawn for part in self.parts):
            return ""
        voices = [" "] * N_VOICES
        each_s = transcript.duration_s / N_VOICES
        for segment in transcript.segments:
            colour = "-" if segment.speaker is None else str(self.colours[segment.speaker])
            first, last = (min(N_VOICES - 1, int(at / each_s)) for at in (segment.start, segment.end))
            voices[first : last + 1] = [colour] * (last + 1 - first)
        return "".join(voices)

    def _lines(self) -> Iterator[ShownLine]:
        recording = self.corrections.recording
        segments = recording.transcript.segments if recording.transcript else ()
        topics = sorted(recording.minutes.topics, key=lambda topic: topic.start) if recording.minutes else []
        numbers = {name: number for number, name in enumerate(self.colours)}
        before, part = None, -1
        for segment in segments:
            begun = None
            while topics and topics[0].start < segment.end:
                begun = topics.pop(0)
            begins = bool(segment.speaker) and segment.speaker != before
            says = begins or part_of(segment) != part
            before, part = segment.speaker, part_of(segment)
            who = numbers.get(segment.speaker or "") if says else None
            yield ShownLine(segment, round(segment.start * 1000), begins, who, begun)


def part_of(segment: Segment) -> int:
    """Return the number of the part in which a line begins."""
    return int(segment.start // PART_S)


def colours(transcript: Transcript) -> dict[str, int]:
    names = dict.fromkeys(segment.speaker for segment in transcript.segments if segment.speaker)
    return {name: number % N_COLOURS for number, name in enumerate(names)}
