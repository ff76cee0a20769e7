"""POST /links: a recording by its address, fetched by its job, guarded as all downloads are."""

from http import HTTPStatus

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from app.errors import N_, AppError, BadInput, Overloaded
from app.web.core import sessions
from app.web.core.file_names import clean_name
from app.web.core.intake import named, take_link
from app.web.pages import upload_form
from app.web.pages.start import Refusal, front_page

MOST_CHARACTERS = 2000
NO_LINK = N_("Give the address of a recording. It begins with https://")

bp = Blueprint("links", __name__)


@bp.post("/links")
def send() -> ResponseReturnValue:
    """Queue the recording at `link`, with the fields of the upload form, or as they were the last time."""
    if not (owner := sessions.owner()):
        raise CSRFError("The visitor has no session.")
    link = request.form.get("link", "").strip()
    form = request.form if "language" in request.form else upload_form.remembered()
    try:
        if not link or len(link) > MOST_CHARACTERS:
            raise BadInput(NO_LINK)
        take_link(owner, clean_name(named(link) or link), upload_form.wishes(form), url=link)
    except AppError as error:
        headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, Overloaded) else {}
        return front_page(error.status, (Refusal(link, error),), headers, link=link)
    session["had_jobs"] = True
    upload_form.remember(form)
    return redirect(url_for("pages.index"), HTTPStatus.SEE_OTHER)
