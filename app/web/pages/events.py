"""The event streams of open pages: each event is a fragment that htmx puts in its place."""

from collections.abc import Callable

from flask import Blueprint, Response, render_template, request, session

from app.errors import NotFound
from app.jobs.service import UNKNOWN
from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.event_streams import News, sse, stream
from app.web.pages import recordings, rows

Fragments = Callable[[], News]
"""Renders what changed since the last call."""

bp = Blueprint("events", __name__)


@bp.get("/events")
def queue_events() -> Response:
    """Stream the visitor's queue: all of it first, then the rows that changed."""
    owner = sessions.owner()
    if not owner:
        raise NotFound(UNKNOWN)
    return stream(owner, _queue_fragments(owner), _gone)


@bp.get("/jobs/<job_id>/events")
def job_events(job_id: str) -> Response:
    """Stream the status of a job, its text while it is heard, its results when a stage has left some."""
    owner = sessions.owner()
    konspekt().jobs.get(owner, job_id)
    return stream(owner, _job_fragments(owner, job_id, request.args.get("seen", "")), _gone)


def _queue_fragments(owner: str) -> Fragments:
    shown: dict[str, str] = {}

    def render() -> News:
        board = rows.board(owner)
        if board.rows:
            session["had_jobs"] = True  # in the stream's own copy, which was read before the first upload
        fresh = {row.job.id: render_template("_row.html", row=row, oob=True) for row in board.rows}
        fresh["summary"] = render_template("_summary.html", board=board, oob=True)
        if fresh.keys() != shown.keys() or list(fresh) != list(shown):
            text = render_template("_live_queue.html", board=board)
        else:
            text = "".join(html for key, html in fresh.items() if shown[key] != html)
        shown.clear()
        shown.update(fresh)
        return News(sse(text) if text else "", board.active)

    return render


def _job_fragments(owner: str, job_id: str, seen: str) -> Fragments:
    """Render what the page lacks. seen: the stamp of the results that it was opened with."""
    shown: dict[str, object] = {"stamp": seen}

    def render() -> News:
        job = konspekt().jobs.get(owner, job_id)
        row = rows.row(job)
        text = html = render_template("_row.html", row=row, oob=True, alone=True)
        if shown.get("row") == html:
            text = ""
        if shown["stamp"] != row.stamp:
            page = recordings.shown(job)
            for part in ("_extras.html", "_results.html"):
                text += render_template(part, row=row, shown=page, recording=page.recording, oob=True)
        if shown.get("so far") != (so_far := rows.so_far(job)):
            text += render_template("_so_far.html", so_far=so_far, oob=True)
        shown.update({"row": html, "stamp": row.stamp, "so far": so_far})
        return News(sse(text) if text else "", not job.status.ended)

    return render


def _gone() -> str:
    return sse(render_template("_gone.html")) + sse("", event="close")
