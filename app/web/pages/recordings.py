"""What the page of a recording shows: what was found in it, as people have corrected it, and its player."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.audio.media import Media
from app.documents.diarization import SaidName
from app.documents.minutes import Topic
from app.documents.transcript import Segment, Transcript
from app.jobs.job import Job
from app.pipeline.corrections import Corrections
from app.pipeline.playback import PICTURE, needs_picture, video_type, waveform
from app.pipeline.recording import Recording
from app.web.core import speakers
from app.web.core.context import konspekt

N_COLOURS = 8  # of speakers, in static/recording.css


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
    def version(self) -> int | None:
        """The version of the corrections whose texts stand on the page; None: the page shows another text."""
        return None if self.original else self.corrections.version

    @property
    def said_names(self) -> Sequence[SaidName]:
        """Names that were said, to be offered where they may be given."""
        return speakers.offered(self.recording) if self.editable else ()

    @property
    def lines(self) -> Iterator[tuple[int, Segment, Topic | None]]:
        """Key and segment of each line, and the topic of the minutes that begins with it."""
        recording = self.recording
        segments = recording.transcript.segments if recording.transcript else ()
        topics = sorted(recording.minutes.topics, key=lambda topic: topic.start) if recording.minutes else []
        for key, segment in zip(self.corrections.keys, segments, strict=True):
            begun = None
            while topics and topics[0].start < segment.end:
                begun = topics.pop(0)
            yield key, segment, begun


def shown(job: Job, *, original: bool = False, shared: bool = False, with_sound: bool = True) -> Shown:
    """Gather what the page shows; original: as the stages left it; shared: to whoever has a link."""
    results = konspekt().jobs.results
    if original:
        recording = results.recording(job)
        n_lines = len(recording.transcript.segments) if recording.transcript else 0
        corrections = Corrections(recording, 0, tuple(range(n_lines)), False)
    else:
        corrections = results.corrected(job)
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
