"""Who speaks in a recording, by what names, and which names were said: for pages and API."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.documents.corrections import lines_of
from app.documents.diarization import Diarization, SaidName
from app.documents.sanitize import one_line
from app.documents.speakers import is_name, speaking_time_s
from app.errors import N_, BadInput, Conflict, NotFound
from app.jobs.job import Job
from app.pipeline import corrections
from app.pipeline.change import Change
from app.pipeline.corrections import Corrections
from app.pipeline.recording import Recording
from app.web.core.context import konspekt

MAX_NAME_CHARS = 200
TRIES = 5
BUSY = N_("This recording is being changed right now. Try again in a moment.")
NO_SPEAKER = N_("Nobody in this recording is called that. Reload the page to see who speaks.")
NO_NAME = N_("Write a name of at most %(most)d characters.")


@dataclass(frozen=True, slots=True)
class Speaker:
    """One who speaks. id: what stands in the lines; said: the name that may be his, where one was said."""

    id: str
    seconds: float
    said: SaidName | None


def speakers_of(recording: Recording) -> Sequence[Speaker]:
    """Return who speaks in a recording as it is corrected; those who speak most come first."""
    if recording.transcript is None:
        return ()
    said = {one.speaker: one for one in offered(recording)}
    seconds = speaking_time_s(recording.transcript)
    return [Speaker(speaker, spoken, said.get(speaker)) for speaker, spoken in seconds.items()]


def offered(recording: Recording) -> Sequence[SaidName]:
    """Return the names to be offered: of voices that nobody has named, and that no other has been given."""
    found, transcript = recording.diarization, recording.transcript
    if not isinstance(found, Diarization) or transcript is None:
        return ()
    present = {segment.speaker for segment in transcript.segments if segment.speaker}
    given = {speaker.casefold() for speaker in present if is_name(speaker)}
    return [one for one in found.said_names if one.speaker in present and one.name.casefold() not in given]


def call(job: Job, speaker: str, name: str) -> Corrections:
    """Call a speaker by a name in all lines, as a version; a name that is there already makes one of two.

    Raises:
        BadInput: the name is none; NotFound: no line has the speaker; Conflict: the job still runs.
    """
    name = named(name)
    if not job.status.ended:
        raise Conflict(BUSY)
    results = konspekt().jobs.results
    heard = results.recording(job)
    for _ in range(TRIES):  # somebody may save at this moment
        present = corrections.load(heard)
        transcript = present.recording.transcript
        lines = lines_of(transcript).values() if transcript else ()
        renamed = {
            key: replace(line, speaker=name)
            for key, line in zip(present.keys, lines, strict=True)
            if line.speaker == speaker
        }
        if not renamed:
            raise NotFound(NO_SPEAKER)
        saved = results.correct(job, heard, present.version, Change(dict(renamed)))
        if saved is not None:
            return saved
    raise Conflict(BUSY)


def named(name: str) -> str:
    """Return a name as it is kept. Raises BadInput where it is none."""
    name = one_line(name)
    if not name or len(name) > MAX_NAME_CHARS or not is_name(name):
        raise BadInput(NO_NAME, most=MAX_NAME_CHARS)
    return name
