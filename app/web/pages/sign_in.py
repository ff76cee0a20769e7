"""Signing in and out."""

from http import HTTPStatus

import structlog
from apiflask import APIBlueprint
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.errors import N_, AppError, NotAllowed
from app.integrations.accounts.accounts import is_name, spelled
from app.web.core import accounts, sessions
from app.web.core.context import konspekt
from app.web.core.errors import translate
from app.web.core.i18n import local_path

WRONG = N_("The name or the password is wrong.")

log = structlog.get_logger(__name__)
bp = APIBlueprint("sign_in", __name__, enable_openapi=False)


@bp.before_request
def with_accounts() -> None:
    """Let there be no such page where there are no accounts."""
    if konspekt().config.auth == "none":
        raise NotFound


@bp.get("/login")
def page() -> ResponseReturnValue:
    if accounts.account():
        return redirect(wanted(), HTTPStatus.SEE_OTHER)
    sessions.welcome()
    return shown()


@bp.post("/login")
def sign_in() -> ResponseReturnValue:
    """Let in who knows an account's password; how often one may try is counted before it is looked at."""
    parts, name = konspekt(), request.form.get("name", "")
    if parts.config.auth != "password":
        raise NotFound
    compared = spelled(name)[1] if is_name(name) else ""
    parts.sign_in_limits.count(compared, request.remote_addr or "")
    found = parts.integrations.accounts.with_password(name, request.form.get("password", ""))
    if found is None:
        log.warning("somebody could not sign in", name=compared[:50], address=request.remote_addr)
        return shown(NotAllowed(WRONG), name), HTTPStatus.FORBIDDEN
    n = accounts.sign_in(found)
    log.info("signed in", account=found.id, recordings_of_before=n)
    return redirect(wanted(), HTTPStatus.SEE_OTHER)


@bp.post("/logout")
def sign_out() -> ResponseReturnValue:
    accounts.sign_out()
    return redirect(url_for("sign_in.page"), HTTPStatus.SEE_OTHER)


def wanted() -> str:
    """Return the page that somebody wanted before he had to sign in: one of ours in any case."""
    return request.script_root + local_path(request.values.get("next", "/"))


def shown(refused: AppError | None = None, name: str = "") -> str:
    """Render the page, with why somebody was not let in."""
    auth, provider = konspekt().config.auth, accounts.provider()
    return render_template(
        "sign_in.html",
        auth=auth,
        provider=provider.name if provider else "",
        refused=translate(refused) if refused else "",
        name=name,
        wanted=request.values.get("next", "/"),
        nobody_yet=auth == "password" and not konspekt().integrations.accounts.exist(),
    )
