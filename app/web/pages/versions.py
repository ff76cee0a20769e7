"""The versions of a corrected recording: a page that shows what each changed, and brings one of them back."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.documents.text_diff import Piece, word_diff
from app.errors import N_, Conflict, NotFound
from app.jobs.service import UNKNOWN
from app.pipeline.versions import LineChange, Version, change_back, versions
from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.i18n import speaker_name
from app.web.core.turns import in_turn

MOST_LINES = 200  # of one sitting are shown; whoever replaces a word everywhere changes thousands alike
TRIES = 5
BUSY = N_("This recording is being changed right now. Try again in a moment.")

bp = Blueprint("versions", __name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A version with its changes as the page draws them.

    renamed: who was called what, and in how many lines, where nothing else of these changed.
    """

    version: Version
    renamed: tuple[tuple[str | None, str | None, int], ...]
    lines: tuple[tuple[LineChange, tuple[Piece, ...]], ...]
    minutes: tuple[tuple[Piece, ...], ...]

    @property
    def n_more(self) -> int:
        return len(self.version.lines) - len(self.lines) - sum(n for _, _, n in self.renamed)


@bp.get("/jobs/<job_id>/versions")
@in_turn
def page(job_id: str) -> ResponseReturnValue:
    job = konspekt().jobs.get(sessions.owner(), job_id)
    recording = konspekt().jobs.results.recording(job)
    if recording.transcript is None:
        raise NotFound(UNKNOWN)
    return render_template(
        "versions.html", job=job, shown=list(map(_shown, versions(recording, speaker_name)))
    )


@bp.post("/jobs/<job_id>/versions/<int:number>/restore")
@in_turn
def restore(job_id: str, number: int) -> ResponseReturnValue:
    """Make all as it was after a version; 0: as it was heard. What there is now stays among the versions."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    results = konspekt().jobs.results
    recording = results.recording(job)
    if not job.status.ended:
        raise Conflict(BUSY)
    for _ in range(TRIES):  # somebody may save at this moment
        found = change_back(recording, number)
        if found is None:
            raise NotFound(UNKNOWN)
        if results.correct(job, recording, *found) is not None:
            return redirect(url_for("pages.job", job_id=job_id), HTTPStatus.SEE_OTHER)
    raise Conflict(BUSY)


def _shown(version: Version) -> Shown:
    names = Counter(name for one in version.lines if (name := _name(one)))
    several = {name for name, n in names.items() if n > 1}
    others = [one for one in version.lines if _name(one) not in several]
    lines = tuple(
        (one, word_diff(one.before.text if one.before else "", one.after.text if one.after else ""))
        for one in others[:MOST_LINES]
    )
    renamed = tuple((*name, names[name]) for name in names if name in several)
    return Shown(version, renamed, lines, tuple(_items(version.minutes_before, version.minutes_after)))


def _name(one: LineChange) -> tuple[str | None, str | None] | None:
    """Return whose line it was and is, where nothing else of it changed."""
    if not one.before or not one.after or replace(one.before, speaker=one.after.speaker) != one.after:
        return None
    return one.before.speaker, one.after.speaker


def _items(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[tuple[Piece, ...]]:
    """Yield those items of the minutes that changed."""
    for step, *places in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old_from, old_to, new_from, new_to = places
        if step == "equal":
            continue
        old, new = list(before[old_from:old_to]), list(after[new_from:new_to])
        for number in range(max(len(old), len(new))):
            yield word_diff("".join(old[number : number + 1]), "".join(new[number : number + 1]))
