"""What the page of a recording shows: what was found in it, as people have corrected it, and its player."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.audio.media import Media
from app.documents.diarization import SaidName
from app.jobs.job import Job
from app.pipeline.corrections import Corrections, as_heard
from app.pipeline.playback import PICTURE, needs_picture, video_type, waveform
from app.pipeline.recording import Recording
from app.web.core import speakers
from app.web.core.context import konspekt
from app.web.core.i18n import speaker_name
from app.web.core.shown_lines import ShownLines


@dataclass(frozen=True)
class Shown:
    """A recording on its page.

    peaks: its waveform; video: the MIME type where browsers play it; sound: whether there is any.
    decoded: 1 while it is not heard yet and no smaller file of its sound has been made, else None.
    original: as the stages left it; editable: may be corrected now; shared: read by a link.
    whole: with all its lines at once, for browsers without script and for printers.
    """

    corrections: Corrections
    peaks: tuple[float, ...]
    video: str | None
    sound: bool
    decoded: int | None = None
    original: bool = False
    editable: bool = False
    shared: bool = False
    whole: bool = False

    @property
    def recording(self) -> Recording:
        return self.corrections.recording

    @cached_property
    def text(self) -> ShownLines:
        """Its lines in their parts."""
        return ShownLines(self.corrections, self.whole)

    @property
    def colours(self) -> dict[str, int]:
        """The colour of each speaker, by the order in which they are first heard."""
        return self.text.colours

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


def shown(
    job: Job, *, original: bool = False, shared: bool = False, with_sound: bool = True, whole: bool = False
) -> Shown:
    """Gather what the page shows; original: as the stages left it; shared: to whoever has a link."""
    results = konspekt().jobs.results
    corrections = as_heard(results.recording(job)) if original else results.corrected(job)
    folder, media = corrections.recording.folder, corrections.recording.media
    sound = with_sound and media is not None
    editable = job.status.ended and not original and not shared
    video = playable(job, media) if sound else None
    decoded = None if corrections.recording.transcript or job.status.ended else 1
    return Shown(corrections, waveform(folder), video, sound, decoded, original, editable, shared, whole)


def playable(job: Job, media: Media | None) -> str | None:
    """Return the MIME type of the video that a player gets: as it was sent, or made for browsers."""
    if needs_picture(media) and konspekt().jobs.results.has_file(job, PICTURE):
        return "video/mp4"
    return video_type(media)
