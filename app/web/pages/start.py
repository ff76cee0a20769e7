"""The first page, with the queue under its drop zone, and the page of a recording."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import AppError
from app.jobs.job import Job
from app.pipeline import SWITCHES
from app.pipeline.expected_terms import MOST_CHARACTERS
from app.web.core import languages, models, sessions
from app.web.core.context import konspekt
from app.web.core.errors import translate
from app.web.core.i18n import local_path
from app.web.core.security import sending_policy
from app.web.core.turns import in_turn
from app.web.pages import recordings, rows, upload_form

bp = Blueprint("pages", __name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not taken."""

    name: str
    error: AppError

    @property
    def message(self) -> str:
        return translate(self.error)


@bp.get("/")
def index() -> ResponseReturnValue:
    sessions.welcome()
    return front_page()


def front_page(
    status: HTTPStatus = HTTPStatus.OK,
    refused: Sequence[Refusal] = (),
    headers: Mapping[str, str] | None = None,
    link: str = "",
) -> ResponseReturnValue:
    """Render the three sources and the queue, and what was not taken just now; link: as it was typed."""
    config = konspekt().config
    return (
        render_template(
            "index.html",
            board=rows.board(sessions.owner()),
            config=config,
            hearing=konspekt().engines.hearing(),
            choices=languages.choices(),
            refused=refused,
            link=link,
            takes_player_pages=konspekt().integrations.fetcher.takes_player_pages,
            switches=SWITCHES,
            max_terms=MOST_CHARACTERS,
            models=models.choices(),
            wanted=upload_form.remembered(),
        ),
        status,
        {"Content-Security-Policy": sending_policy(config), **(headers or {})},
    )


@bp.get("/queue")
def queue() -> ResponseReturnValue:
    """Give the queue alone: what the page asks for where it cannot have a stream."""
    return render_template("_live_queue.html", board=rows.board(sessions.owner()))


@bp.get("/jobs/<job_id>")
@in_turn
def job(job_id: str) -> ResponseReturnValue:
    jobs = konspekt().jobs
    found = jobs.get(sessions.owner(), job_id)
    shown = recordings.shown(found, original="original" in request.args, whole="whole" in request.args)
    return render_template(
        "job.html",
        row=rows.row(found),
        shown=shown,
        recording=shown.recording,
        so_far=rows.so_far(found),
    )


@bp.post("/jobs/<job_id>/cancel")
def cancel(job_id: str) -> ResponseReturnValue:
    return _act(konspekt().jobs.cancel, job_id)


@bp.post("/jobs/<job_id>/retry")
def retry(job_id: str) -> ResponseReturnValue:
    return _act(konspekt().jobs.retry, job_id)


@bp.post("/jobs/<job_id>/keep")
def keep(job_id: str) -> ResponseReturnValue:
    """Let a recording not expire."""
    return _note(konspekt().jobs.shelf.keep, job_id)


@bp.post("/jobs/<job_id>/release")
def release(job_id: str) -> ResponseReturnValue:
    """Let it expire as others do."""
    return _note(konspekt().jobs.shelf.release, job_id)


@bp.post("/jobs/<job_id>/delete")
def delete(job_id: str) -> ResponseReturnValue:
    return _act(konspekt().jobs.delete, job_id)


def _note(change: Callable[[Job], None], job_id: str) -> ResponseReturnValue:
    """Note something of a recording, and show what `_act` shows."""

    def action(owner: str, job_id: str) -> None:
        change(konspekt().jobs.get(owner, job_id))
        konspekt().jobs.changes.note(owner)

    return _act(action, job_id)


def _act(action: Callable[[str, str], Job | None], job_id: str) -> ResponseReturnValue:
    """Do it, and show the queue to a script, to a plain form the page that it names."""
    action(sessions.owner(), job_id)
    if "HX-Request" in request.headers:
        return queue()
    return redirect(local_path(request.form.get("next") or url_for("pages.index")), HTTPStatus.SEE_OTHER)
