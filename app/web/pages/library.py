"""/recordings: all recordings of a visitor, searched, filtered, named, tagged; several at once too."""

from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.errors import N_, AppError, BadInput
from app.jobs.job import Job
from app.jobs.library.finding import Wanted
from app.jobs.library.words import excerpt, marked
from app.web.core import documents, sessions
from app.web.core.context import konspekt
from app.web.core.i18n import language_name, local_path
from app.web.core.turns import in_turn
from app.web.pages import rows
from app.web.pages.several import packed

MOST_AT_ONCE = 100
ORDERS = {
    "newest": N_("newest first"),
    "oldest": N_("oldest first"),
    "name": N_("by name"),
    "longest": N_("longest first"),
}
STATES = {
    "done": N_("done"),
    "active": N_("in work or waiting"),
    "failed": N_("failed"),
    "cancelled": N_("cancelled"),
}
NONE_CHOSEN = N_("Choose at least one recording.")
TOO_MANY = N_("Choose at most %(n)d recordings at once.")
NOTHING_TO_PACK = N_("None of these recordings has a text yet.")

bp = Blueprint("library", __name__)


@bp.get("/recordings")
@in_turn
def page() -> ResponseReturnValue:
    """Show a page of what was found; `?q=`, filters and `?order=` as the form sends them."""
    sessions.welcome()
    wanted = _wanted()
    found = konspekt().jobs.finder.find(sessions.owner(), wanted)
    return render_template(
        "recordings.html",
        wanted=wanted,
        found=found,
        rows=rows.several([item.job for item in found.items]),
        orders=[(value, gettext(words)) for value, words in ORDERS.items()],
        states=[(value, gettext(words)) for value, words in STATES.items()],
        spoken=[(code, language_name(code)) for code in found.languages],
        speakers=[(name, name) for name in found.speakers],
        tags=[(tag, tag) for tag in found.tags],
        asked=request.args,
        another=_another,
        excerpt=excerpt,
        marked=marked,
    )


@bp.post("/jobs/<job_id>/label")
def label(job_id: str) -> ResponseReturnValue:
    """Call a recording as the form says, and give it these tags, with commas between; unsaid, they stay."""
    jobs, owner = konspekt().jobs, sessions.owner()
    jobs.shelf.rename(jobs.get(owner, job_id), request.form.get("name", ""))
    if "tags" in request.form:
        jobs.shelf.tag(jobs.get(owner, job_id), request.form["tags"].split(","))
    jobs.changes.note(owner)
    return back()


@bp.post("/recordings/delete")
def delete() -> ResponseReturnValue:
    """Delete several recordings, once the visitor has seen which."""
    jobs, chosen = konspekt().jobs, _chosen(request.form.getlist("id"))
    if "sure" not in request.form:
        return render_template("delete.html", jobs=chosen, came_from=request.form.get("next", ""))
    for job in chosen:
        jobs.delete(job.owner, job.id)
    return back()


@bp.get("/recordings/zip")
def several() -> ResponseReturnValue:
    """Pack all documents of several recordings, a folder each."""
    chosen = [job for job in _chosen(request.args.getlist("id")) if documents.has_text(job)]
    if not chosen:
        raise BadInput(NOTHING_TO_PACK)
    answer = Response(stream_with_context(packed(chosen)), mimetype="application/zip")
    name = f"konspekt-{datetime.now():%Y-%m-%d}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def back() -> ResponseReturnValue:
    """Lead back to the page of this site that the form names."""
    return redirect(local_path(request.form.get("next") or url_for("library.page")), HTTPStatus.SEE_OTHER)


def _chosen(ids: list[str]) -> list[Job]:
    """Return the visitor's recordings of these ids; those that are gone meanwhile are left out."""
    if len(ids) > MOST_AT_ONCE:
        raise BadInput(TOO_MANY, n=MOST_AT_ONCE)
    owner = sessions.owner()
    chosen = []
    for job_id in dict.fromkeys(ids):
        try:
            chosen.append(konspekt().jobs.get(owner, job_id))
        except AppError:
            continue
    if not chosen:
        raise BadInput(NONE_CHOSEN)
    return chosen


def _wanted() -> Wanted:
    asked = request.args
    return Wanted(
        text=asked.get("q", "").strip(),
        language=asked.get("language", ""),
        speaker=asked.get("speaker", "").replace("\0", ""),
        state=asked.get("state", ""),
        tag=asked.get("tag", "").replace("\0", ""),
        kept="kept" in asked,
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", ""), plus=1),
        order=order if (order := asked.get("order", "newest")) in ORDERS else "newest",  # type: ignore[arg-type]
        page=max(1, min(10**6, asked.get("page", 1, type=int))),
        alone=asked.get("recording", ""),
    )


def _day(text: str, plus: int = 0) -> datetime | None:
    """Return the beginning of a day, or of one so many days later, in the server's zone. None: it is none."""
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(plus), time.min).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def _another(**changes: str | int | None) -> str:
    """Return the address of what is shown with something else in it; None takes a part out."""
    parts = {**request.args.to_dict(), "page": None, **changes}
    query = urlencode({key: value for key, value in parts.items() if value not in (None, "")})
    return f"{url_for('library.page')}?{query}"
