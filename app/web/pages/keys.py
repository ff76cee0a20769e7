"""The keys by which programs use the API for an account."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import N_, AppError, BadInput, Conflict, NotAllowed
from app.integrations.api_keys import SCOPES
from app.web.core.context import konspekt
from app.web.core.errors import translate
from app.web.pages.settings import FOR_ADMINS, present

DAYS = (30, 90, 365)
MOST = 50
WRONG = N_("Choose what the key may do, and until when it is valid.")
TOO_MANY = N_("There are %(most)d valid keys, as many as may be. Revoke one that you do not need.")

bp = Blueprint("keys", __name__, url_prefix="/settings/keys")


@bp.get("")
def page() -> ResponseReturnValue:
    return _shown()


@bp.post("")
def create() -> ResponseReturnValue:
    """Make a key, and show it in the answer: nothing can show it again."""
    now, form = datetime.now(UTC), request.form
    try:
        made = _made(form.get("name", ""), form.get("scope", ""), form.get("days", ""), now)
    except (BadInput, Conflict, NotAllowed) as error:
        return _shown(refused=error), error.status
    return _shown(key=made), HTTPStatus.CREATED


@bp.post("/<key_id>/revoke")
def revoke(key_id: str) -> ResponseReturnValue:
    konspekt().integrations.api_keys.revoke(key_id, datetime.now(UTC), present())
    return redirect(url_for("keys.page"), HTTPStatus.SEE_OTHER)


def _made(name: str, scope: str, days: str, now: datetime) -> str:
    keys, mine = konspekt().integrations.api_keys, present()
    chosen = next((one for one in SCOPES if one == scope), None)
    if chosen == "admin" and not mine.is_admin:
        raise NotAllowed(FOR_ADMINS)
    if chosen is None or days not in ("", *map(str, DAYS)):
        raise BadInput(WRONG)
    if keys.n_valid(mine, now) >= MOST:
        raise Conflict(TOO_MANY, most=MOST)
    lasts = timedelta(days=int(days)) if days else None
    return keys.add(name, chosen, now, now + lasts if lasts else None, mine)[1]


def _shown(key: str = "", refused: AppError | None = None) -> str:
    now = datetime.now(UTC)
    return render_template(
        "settings_keys.html",
        key=key,
        keys=konspekt().integrations.api_keys.of(present(), now),
        now=now,
        days=DAYS,
        is_admin=present().is_admin,
        refused=translate(refused) if refused else "",
        form=request.form if refused else {},
    )
