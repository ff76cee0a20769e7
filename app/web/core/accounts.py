"""Who is signed in, and what is open to who is not. Without accounts nothing here is asked.

What a view may see follows from `sessions.owner()`; here only the door is kept. Programs come by a key, which
their views ask for; whoever has a link to a recording needs no account.
"""

from datetime import UTC, datetime
from typing import cast

from flask import Flask, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user

from app.errors import N_, NotSignedIn
from app.integrations.accounts.accounts import Account, is_name, is_told_apart
from app.jobs.database import DATABASE_AWAY
from app.web.core import sessions
from app.web.core.context import Konspekt, konspekt
from app.web.core.errors import wants_json
from app.web.core.oidc import OidcProvider
from app.web.core.proxy_header import ProxyHeader

OPEN_PARTS = {  # blueprints
    "health", "metrics", "i18n", "sign_in", "oidc", "installed", "openapi",
    # their views ask for a key, or for what stands for one
    "openai", "prerecorded", "speech", "clips_api", "repair_api", "live_streams", "service", "run", "jobs",
    "uploads_api", "job_results", "speakers_api", "server_state", "encode", "batches", "similar", "live",
    "foreign_live",
}  # fmt: skip
OPEN_PAGES = {
    "static", "bootstrap.static",
    "shares.page", "shares.transcript", "shares.listen", "shares.watch", "shares.download",
}  # fmt: skip
ADOPTED = "adopted_by"
SIGN_IN = N_("You are not signed in, or not any more. Sign in and try again.")


class Anonymous(AnonymousUserMixin):  # type: ignore[misc]  # Flask-Login is not typed
    """Who is not signed in: he owns nothing."""

    owner = ""
    account: Account | None = None

    def is_still_known(self) -> bool:
        return False


class SignedIn(UserMixin):  # type: ignore[misc]
    """An account in one browser, whose session holds the id of the sign-in."""

    def __init__(self, account: Account, sign_in: str) -> None:
        self.account: Account | None = account
        self.owner, self.id = account.owner, sign_in

    def is_still_known(self) -> bool:
        """Look again: a stream may have been open for hours."""
        return konspekt().integrations.sign_ins.find(self.id, datetime.now(UTC)) is not None


def init_app(app: Flask, parts: Konspekt) -> None:
    app.jinja_env.globals["account"] = shown_account
    if parts.config.auth == "none":
        return
    manager = LoginManager(app)
    manager.anonymous_user = Anonymous
    manager.session_protection = None  # phones change their address; a session can be ended from anywhere
    if parts.config.auth == "proxy":
        header = ProxyHeader(app, parts.config)
        manager.request_loader(lambda _: _named(header.name()))
    else:
        manager.user_loader(_signed_in)
    if parts.config.auth == "oidc":
        app.extensions["oidc_provider"] = OidcProvider(app, parts.config)
    app.before_request(keep_the_door)


def provider() -> OidcProvider | None:
    """Return where people sign in; None where they do so here."""
    found: OidcProvider | None = current_app.extensions.get("oidc_provider")
    return found


class NamedByProxy(SignedIn):
    """An account that the proxy names with each request; it signs in and out there."""

    def is_still_known(self) -> bool:
        return self.account is not None and konspekt().integrations.accounts.has(self.account)


def _named(name: str) -> NamedByProxy | None:
    if not is_name(name) or not is_told_apart(name):
        return None
    found = konspekt().integrations.vouched_accounts.of_proxy(name, datetime.now(UTC))
    if sessions.is_known() and ADOPTED not in session:
        adopt(found, sessions.visitor())
        session[ADOPTED] = found.id
    return NamedByProxy(found, found.id)


def _signed_in(sign_in: str) -> SignedIn | None:
    found = konspekt().integrations.sign_ins.find(sign_in, datetime.now(UTC))
    return SignedIn(found, sign_in) if found else None


def keep_the_door() -> ResponseReturnValue | None:
    """Lead who opens a page to the sign-in, and refuse whatever else he wants."""
    if request.endpoint is None or is_open(request.endpoint) or account():
        return None
    if (
        request.method != "GET"
        or "HX-Request" in request.headers
        or wants_json(request)
        or not _reads_pages()
    ):
        raise NotSignedIn(SIGN_IN)
    return redirect(url_for("sign_in.page", next=request.full_path.rstrip("?")), 303)


def is_open(endpoint: str) -> bool:
    """Tell whether who is not signed in may ask for it."""
    return endpoint in OPEN_PAGES or endpoint.partition(".")[0] in OPEN_PARTS


def _reads_pages() -> bool:
    return (
        request.accept_mimetypes.accept_html and "text/event-stream" not in request.accept_mimetypes.values()
    )


def account() -> Account | None:
    """Return who is signed in; None without accounts."""
    if not current_app.config["ACCOUNTS"]:
        return None
    return cast(SignedIn | Anonymous, current_user).account


def shown_account() -> Account | None:
    """Return the same for the head of a page, which is shown also while the database is away."""
    try:
        return account()
    except DATABASE_AWAY:
        return None


def present_sign_in() -> str:
    """Return the id of this browser's sign-in."""
    return str(current_user.get_id() or "")


def sign_in(found: Account) -> int:
    """Sign this browser in, under a new id of its session; return how many recordings of before it brings.

    Raises NotSignedIn: the password was changed, or the account removed, just before.
    """
    parts, before = konspekt(), sessions.visitor()
    browser = request.headers.get("User-Agent", "")
    begun = parts.integrations.sign_ins.begin(found, browser, request.remote_addr or "", datetime.now(UTC))
    if begun is None:
        raise NotSignedIn(SIGN_IN)
    if was := account():  # he, or another at this browser: nobody has that session any more
        parts.integrations.sign_ins.end(was, present_sign_in())
    n = adopt(found, before)
    sessions.renew(keeps=True)
    login_user(SignedIn(found, begun))
    return n


def adopt(found: Account, before: str) -> int:
    """Give an account what this browser has made without one."""
    if not before:
        return 0
    parts = konspekt()
    n = parts.integrations.accounts.adopt(found, before)
    parts.partial_uploads.move(before, found.owner)
    parts.saved_streams.move(before, found.owner)
    if n:
        parts.jobs.changes.note()
    return n


def sign_out() -> None:
    """End this browser's sign-in; nothing of the session stays."""
    if found := account():
        konspekt().integrations.sign_ins.end(found, present_sign_in())
    session.pop("_user_id", None)
    sessions.renew(keeps=False)
