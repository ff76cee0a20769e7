"""Minutes written anew from the corrected text: all of them or some sections, in another language too."""

from collections.abc import Collection
from dataclasses import dataclass

from app.documents.labels import LANGUAGES
from app.documents.minutes import SECTIONS
from app.errors import N_, BadInput, Conflict
from app.jobs.job import Job
from app.jobs.service import NOT_DONE
from app.pipeline.change import Change
from app.pipeline.corrections import Corrections
from app.pipeline.recording import Recording
from app.web.core.context import konspekt
from app.web.core.speakers import BUSY

OWN = N_("You have written in these minutes yourself. Go back and say that they are to be replaced.")
NO_SECTION = N_("Minutes have no such section. Choose among: %(known)s.")
NO_LANGUAGE = N_("Minutes are not to be had in this language. Choose among: %(known)s.")
MIXED = N_(
    "A section is written in the language of the others. To change that, have all of them written anew."
)


@dataclass(frozen=True, slots=True)
class Anew:
    """What is to be written. sections: of SECTIONS, none: all; language: of LANGUAGES, "": as it is.

    replace: also where a person has written himself.
    """

    sections: tuple[str, ...] = ()
    language: str = ""
    replace: bool = False

    def __post_init__(self) -> None:
        if not SECTIONS.keys() >= set(self.sections):
            raise BadInput(NO_SECTION, known=", ".join(SECTIONS))
        if self.language not in ("", *LANGUAGES):
            raise BadInput(NO_LANGUAGE, known=", ".join(LANGUAGES))


def write_anew(owner: str, job_id: str, wanted: Anew) -> Job:
    """Queue a finished job for its minutes; those that there are stay among its versions.

    Raises:
        Conflict: a person has written in what would be replaced, or the job is not done.
    """
    jobs = konspekt().jobs
    job = jobs.get(owner, job_id)
    heard = jobs.results.recording(job)
    present = jobs.results.corrected(job)
    if not job.status.ended or heard.minutes is None or present.recording.minutes is None:
        raise Conflict(NOT_DONE)
    sections = () if set(wanted.sections) == SECTIONS.keys() else wanted.sections
    written_in = present.recording.minutes.written_in
    if sections and wanted.language not in ("", written_in or heard.minutes.language):
        raise BadInput(MIXED)
    if not wanted.replace and _replaced(present, sections):
        raise Conflict(OWN)
    language = wanted.language or written_in
    asked = Change({}, drop_minutes=True, replaced=heard.minutes, anew=sections, language=language)
    if jobs.results.correct(job, heard, present.version, asked) is None:
        raise Conflict(BUSY)
    try:
        return jobs.redo(owner, job_id, "summarize")
    except Exception:
        _bring_back(job, heard, present)
        raise


def _replaced(present: Corrections, sections: Collection[str]) -> frozenset[str]:
    """Return the sections that would be replaced and in which a person has written."""
    return present.own_sections.intersection(sections) if sections else present.own_sections


def _bring_back(job: Job, heard: Recording, present: Corrections) -> None:
    own = tuple(sorted(present.own_sections))
    before = Change({}, present.recording.minutes, own=own) if own else Change({}, drop_minutes=True)
    konspekt().jobs.results.correct(job, heard, present.version + 1, before)
