"""One's own account: where it is signed in, its password; for administrators, queue and accounts."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from app.errors import N_, AppError, BadInput, NotAllowed
from app.integrations.accounts.accounts import Account
from app.integrations.accounts.listing import OF_A_PAGE
from app.web.core import accounts
from app.web.core.browsers import browser_name
from app.web.core.context import konspekt
from app.web.core.errors import translate

WRONG_PASSWORD = N_("The present password is wrong.")
NOT_THE_SAME = N_("The two new passwords are not the same.")
MOST_PAGES = 10**6  # beyond them databases count no further
FOR_ADMINS = N_("Only an administrator may see this.")

bp = Blueprint("settings", __name__, url_prefix="/settings")


def present() -> Account:
    """Return who is signed in. Raises NotFound where there are no accounts."""
    if found := accounts.account():
        return found
    raise NotFound


@bp.get("")
def page() -> ResponseReturnValue:
    return _shown()


@bp.post("/password")
def change_password() -> ResponseReturnValue:
    """Set another password for who knows the present one; other browsers have to sign in anew."""
    parts, mine = konspekt(), present()
    parts.sign_in_limits.count(mine.id, request.remote_addr or "")
    form = request.form
    try:
        if parts.config.auth != "password":
            raise NotFound
        if not parts.integrations.accounts.with_password(mine.name, form.get("present", "")):
            raise BadInput(WRONG_PASSWORD)
        if form.get("new", "") != form.get("again", ""):
            raise BadInput(NOT_THE_SAME)
        parts.integrations.accounts.set_password(mine, form["new"])
    except BadInput as error:
        return _shown(error), error.status
    parts.integrations.sign_ins.end_all(mine, but=accounts.present_sign_in())
    if "revoke_keys" in form:
        parts.integrations.api_keys.revoke_all(mine, datetime.now(UTC))
    return redirect(url_for("settings.page", done="password"), HTTPStatus.SEE_OTHER)


@bp.post("/sign-ins/<sign_in_id>/end")
def end(sign_in_id: str) -> ResponseReturnValue:
    konspekt().integrations.sign_ins.end(present(), sign_in_id)
    return redirect(url_for("settings.page"), HTTPStatus.SEE_OTHER)


@bp.post("/sign-ins/end")
def end_all() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    konspekt().integrations.sign_ins.end_all(present(), but=accounts.present_sign_in())
    return redirect(url_for("settings.page", done="sign-ins"), HTTPStatus.SEE_OTHER)


@bp.get("/server")
def server() -> ResponseReturnValue:
    """Show an administrator what is worked on and for whom, but no recording's name and nothing of it."""
    parts = konspekt()
    if not present().is_admin:
        raise NotAllowed(FOR_ADMINS)
    listing, active = parts.integrations.account_listing, parts.jobs.active()
    names = listing.names({job.owner for job in active})
    text, at = request.args.get("q", ""), min(max(request.args.get("page", 1, int), 1), MOST_PAGES)
    found, n = listing.found(text, at)
    return render_template(
        "settings_server.html",
        accounts=found,
        n=n,
        q=text,
        page=at,
        n_pages=-(-n // OF_A_PAGE),
        jobs=active,
        counts=parts.jobs.counts(),
        who=lambda owner: names.get(owner) or _unknown(owner),
        used=listing.used([one.owner for one in found]),
    )


def _unknown(owner: str) -> str:
    kind, _, name = owner.partition(":")
    return str(gettext("key %(name)s", name=name) if kind == "key" else gettext("without an account"))


def _shown(refused: AppError | None = None) -> str:
    mine, here = present(), accounts.present_sign_in()
    return render_template(
        "settings.html",
        mine=mine,
        here=here,
        sign_ins=konspekt().integrations.sign_ins.of(mine, datetime.now(UTC)),
        browser_name=browser_name,
        n_keys=konspekt().integrations.api_keys.n_valid(mine, datetime.now(UTC)),
        refused=translate(refused) if refused else "",
        done=request.args.get("done", ""),
    )
