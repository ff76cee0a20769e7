"""The event streams of open pages: each event is a fragment that htmx puts in its place."""

import time
from collections.abc import Callable, Iterator
from functools import partial

from flask import Blueprint, Response, render_template, request, session, stream_with_context

from app.errors import N_, NotFound, Overloaded
from app.jobs.service import UNKNOWN
from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.pages import recordings, rows

WAIT_S = 1.0  # how long one wait for a change may take, and so how long the server's stop waits for it
PAUSE_S = 0.3  # between two fragments, so that a fast stage does not flood the page
TICK_S = 2.0  # how often the times of a page are looked at where something runs
IDLE_S = 20.0  # and where nothing runs: its countdowns show minutes
HEARTBEAT_S = 15.0
RETRY_S = 5  # what a page over the limit is told to wait; it asks by polling meanwhile

Fragments = Callable[[], tuple[str, bool]]
"""Renders what changed since the last call ("" for nothing), and says whether the times on the page run."""

bp = Blueprint("events", __name__)


@bp.get("/events")
def queue_events() -> Response:
    """Stream the visitor's queue: all of it first, then the rows that changed."""
    owner = sessions.owner()
    if not owner:
        raise NotFound(UNKNOWN)
    return _stream(_queue_fragments(owner))


@bp.get("/jobs/<job_id>/events")
def job_events(job_id: str) -> Response:
    """Stream the status of a job, its text while it is heard, its results when a stage has left some."""
    owner = sessions.owner()
    konspekt().jobs.get(owner, job_id)
    return _stream(_job_fragments(owner, job_id, request.args.get("seen", "")))


def _queue_fragments(owner: str) -> Fragments:
    shown: dict[str, str] = {}

    def render() -> tuple[str, bool]:
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
        return text, board.active

    return render


def _job_fragments(owner: str, job_id: str, seen: str) -> Fragments:
    """Render what the page lacks. seen: the stamp of the results that it was opened with."""
    shown: dict[str, object] = {"stamp": seen}

    def render() -> tuple[str, bool]:
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
        return text, not job.status.ended

    return render


def _stream(fragments: Fragments) -> Response:
    places, holder = konspekt().event_places, request.remote_addr or ""  # each stream costs a server thread
    if not places.take(holder):
        raise Overloaded(N_("Too many pages are open at once. This one is refreshed now and then."), RETRY_S)
    response = Response(stream_with_context(_events(fragments)), mimetype="text/event-stream")
    response.call_on_close(partial(places.leave, holder))  # also where nobody ever reads the first byte
    response.headers["X-Accel-Buffering"] = "no"  # nginx would hold the events back
    return response


def _events(fragments: Fragments) -> Iterator[str]:
    owner, jobs, stopping = sessions.owner(), konspekt().jobs, konspekt().stopping
    version, beat = jobs.changes.version(owner), time.monotonic()
    yield "retry: 2000\n\n"
    while not stopping.is_set():
        try:
            text, ticking = fragments()
        except NotFound:
            yield sse(render_template("_gone.html"))
            yield sse("", event="close")
            return
        rendered = time.monotonic()
        if text:
            beat = rendered
            yield sse(text)
        stopping.wait(PAUSE_S)
        while not stopping.is_set():
            newer = jobs.changes.wait(owner, version, WAIT_S)
            now = time.monotonic()
            if newer != version or now - rendered > (TICK_S if ticking else IDLE_S):
                version = newer
                break
            if now - beat > HEARTBEAT_S:
                beat = now
                yield ": still here\n\n"


def sse(data: str, event: str = "message") -> str:
    """Frame an event. Every line of the text gets its own `data:`, so that no text can forge an event."""
    lines = data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return f"event: {event}\n" + "".join(f"data: {line}\n" for line in lines) + "\n"
