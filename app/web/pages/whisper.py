"""The button that gets Whisper, and how far that is: for the first page and that of live transcription."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import N_, Conflict
from app.web.core import languages
from app.web.core.context import konspekt

PAGES = ("pages.index", "live_page.page")  # that have the button

bp = Blueprint("whisper", __name__, url_prefix="/whisper")


@bp.get("")
def state() -> ResponseReturnValue:
    """Give what hears now as a fragment: what a page asks for while Whisper is fetched."""
    return render_template(
        "_whisper.html",
        hearing=konspekt().engines.hearing(),
        choices=languages.choices(),
        chosen=request.values.get("language", "auto"),
    )


@bp.post("/fetch")
def fetch() -> ResponseReturnValue:
    """Have Whisper fetched. One that is fetched already goes on."""
    _check_allowed()
    konspekt().engines.fetch_whisper()
    return _shown()


@bp.post("/cancel")
def cancel() -> ResponseReturnValue:
    _check_allowed()
    konspekt().engines.whisper_fetch.cancel()
    return _shown()


def _check_allowed() -> None:
    if konspekt().config.fetch_from_page == "nobody":
        raise Conflict(
            N_("This server does not let its pages fetch Whisper. Whoever runs it gets it by %(command)s."),
            command=konspekt().engines.hearing().command or "flask models fetch",
        )


def _shown() -> ResponseReturnValue:
    """Show what hears now: the fragment to a script, the page to a plain form."""
    if "HX-Request" in request.headers:
        return state()
    page = request.form.get("page", "")
    return redirect(url_for(page if page in PAGES else PAGES[0], _anchor="hearing"), HTTPStatus.SEE_OTHER)
