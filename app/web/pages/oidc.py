"""Signing in at an OpenID Connect provider: there, and back."""

from datetime import UTC, datetime
from http import HTTPStatus

import structlog
from flask import Blueprint, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.errors import BadInput, NotAllowed, Overloaded
from app.web.core import accounts
from app.web.core.context import konspekt
from app.web.core.oidc import OidcProvider
from app.web.pages.sign_in import shown, wanted

WANTED = "wanted_after_sign_in"

log = structlog.get_logger(__name__)
bp = Blueprint("oidc", __name__, url_prefix="/login/oidc")


@bp.get("")
def leave() -> ResponseReturnValue:
    """Lead to the provider; what was wanted is kept here meanwhile, not in the address."""
    provider = _provider()
    konspekt().sign_in_limits.count_leaving(request.remote_addr or "")
    try:
        answer = provider.leave_for()
    except Overloaded as error:
        return shown(error), error.status
    session[WANTED] = wanted()
    return answer


@bp.get("/callback")
def arrive() -> ResponseReturnValue:
    """Sign in whom the provider vouches for."""
    provider = _provider()
    try:
        person = provider.arrive()
    except (BadInput, NotAllowed, Overloaded) as error:
        return shown(error), error.status
    found = konspekt().integrations.vouched_accounts.of_provider(person, datetime.now(UTC))
    leads_to = session.pop(WANTED, "/")
    n = accounts.sign_in(found)
    log.info("signed in", account=found.id, recordings_of_before=n)
    return redirect(leads_to, HTTPStatus.SEE_OTHER)


def _provider() -> OidcProvider:
    if (provider := accounts.provider()) is None:
        raise NotFound
    return provider
