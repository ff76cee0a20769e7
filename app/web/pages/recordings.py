"""What the page of a recording shows: what was found in it, as people have corrected it, and its player."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.audio.media import Media
from app.documents.diarization import SaidName
from app.documents.minutes import Topic
from app.documents.transcript import Segment, Transcript
from app.jobs.job import Job
from app.pipeline.corrections import Corrections, as_heard
from app.pipeline.playback import PICTURE, needs_picture, video_type, waveform
from app.pipeline.recording import Recording
from app.web.core import speakers
from app.web.core.context import konspekt
from app.web.core.i18n import speaker_name

N_COLOURS = 8  # of speakers, in static/recording.css
BLOCK_LINES = 10  # are laid out by a browser together, and only where they are in sight


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the transcript on the page.

    at_ms: by which links name it; begins: nobody or somebody else speaks before it; who: the number of who
    speaks, among all; topic: of the minutes, which begins with it.
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


@dataclass(frozen=True, slots=True)
class Shown:
    """A recording on its page.

    peaks: its waveform; video: the MIME type where browsers play it; sound: whether there is any.
    decoded: 1 while it is not heard yet and no smaller file of its sound has been made, else None.
    original: as the stages left it; editable: may be corrected now; shared: read by a link.
    """

    corrections: Corrections
    peaks: tuple[float, ...]
    video: str | None
    sound: bool
    decoded: int | None = None
    original: bool = False
    editable: bool = False
    shared: bool = False

    @property
    def recording(self) -> Recording:
        return self.corrections.recording

    @property
    def colours(self) -> dict[str, int]:
        """The colour of each speaker, by the order in which they are first heard."""
        transcript = self.recording.transcript
        return colours(transcript) if transcript else {}

    @property
    def said_names(self) -> Sequence[SaidName]:
        """Names that were said, to be offered where they may be given."""
        return speakers.offered(self.recording) if self.editable else ()

    @property
    def asks(self) -> dict[str, Any]:
        """What the script adds to the address of the transcript: of which text it wants the words."""
        return {"original": 1, "part": 0} if self.original else {"shown": self.corrections.version, "part": 0}

    @property
    def speakers(self) -> str:
        """All who speak, as JSON for the script: what stands in the lines, and how people read it."""
        return json.dumps([[one, speaker_name(one)] for one in self.colours], ensure_ascii=False)

    @property
    def blocks(self) -> Iterator[Block]:
        """The lines as the page lays them out."""
        lines = tuple(self._lines())
        for begun in range(0, len(lines), BLOCK_LINES):
            some = lines[begun : begun + BLOCK_LINES]
            keys = self.corrections.keys[begun : begun + BLOCK_LINES]
            counts_on = keys == tuple(range(keys[0], keys[0] + len(keys)))
            ends = " ".join(str(line.segment.end) for line in some)
            yield Block(some, " ".join(map(str, keys[:1] if counts_on else keys)), ends)

    def _lines(self) -> Iterator[ShownLine]:
        recording = self.recording
        segments = recording.transcript.segments if recording.transcript else ()
        topics = sorted(recording.minutes.topics, key=lambda topic: topic.start) if recording.minutes else []
        numbers = {name: number for number, name in enumerate(self.colours)}
        before = None
        for segment in segments:
            begun = None
            while topics and topics[0].start < segment.end:
                begun = topics.pop(0)
            begins = bool(segment.speaker) and segment.speaker != before
            before = segment.speaker
            at_ms = round(segment.start * 1000)
            yield ShownLine(segment, at_ms, begins, numbers.get(segment.speaker or ""), begun)


def shown(job: Job, *, original: bool = False, shared: bool = False, with_sound: bool = True) -> Shown:
    """Gather what the page shows; original: as the stages left it; shared: to whoever has a link."""
    results = konspekt().jobs.results
    corrections = as_heard(results.recording(job)) if original else results.corrected(job)
    folder, media = corrections.recording.folder, corrections.recording.media
    sound = with_sound and media is not None
    editable = job.status.ended and not original and not shared
    video = playable(job, media) if sound else None
    decoded = None if corrections.recording.transcript or job.status.ended else 1
    return Shown(corrections, waveform(folder), video, sound, decoded, original, editable, shared)


def playable(job: Job, media: Media | None) -> str | None:
    """Return the MIME type of the video that a player gets: as it was sent, or made for browsers."""
    if needs_picture(media) and konspekt().jobs.results.has_file(job, PICTURE):
        return "video/mp4"
    return video_type(media)


def colours(transcript: Transcript) -> dict[str, int]:
    names = dict.fromkeys(segment.speaker for segment in transcript.segments if segment.speaker)
    return {name: number % N_COLOURS for number, name in enumerate(names)}
