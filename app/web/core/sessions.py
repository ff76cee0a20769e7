"""Visitors: each is known by a signed cookie, and what is kept of him stands in the database.

Every view asks here. A visitor's id and the secret of his forms are made from the id in his cookie, so
nothing is kept of who only looks: a row is written when a view puts something into the session. Whoever never
sends his cookie back, as a robot or a health check, leaves nothing behind.

Flask-Session 0.8 connects to the database when it is made, to create its table, and can be told to forget
expired sessions only before the first request. But the program must start, and answer /health, while the
database is away. So Flask-Session is made on the first visit, and what it would register is done here;
`tests/web/core/test_sessions.py` fails when a newer Flask-Session makes this unnecessary.

With accounts (`accounts.py`) nobody owns anything before he signs in; what the cookie alone names is then the
visitor whose recordings of earlier times become the account's.

No request holds a connection to the database but for the moment in which its session is read or written:
what comes between, a body, a model, an answer, takes as long as the client likes.
"""

import hashlib
import hmac
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import cast

from flask import Flask, Request, Response, current_app, g, session
from flask.sessions import SessionInterface, SessionMixin
from flask_login import current_user
from flask_session import Session
from flask_session.base import ServerSideSession
from flask_session.sqlalchemy import SqlAlchemySessionInterface
from flask_sqlalchemy import SQLAlchemy
from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy.dialects import postgresql, sqlite

from app.config import Config

LIFETIME = timedelta(days=31)
PATHS_WITHOUT = (
    "/health",
    "/ready",
    "/metrics",
)  # no session is opened for these: they answer while the database is away
CLEANUP_EVERY_N = 500  # requests
RENEW_S = 24 * 3600  # how old a cookie may be before the next page gives a new one
ID_BYTES = 32
DERIVED = {"owner", "csrf_token", "_permanent"}  # what the cookie alone brings back
LOCK_WAIT_S = 5  # for SQLite's write lock, which is held for milliseconds unless another program has it


def init_app(app: Flask, config: Config) -> None:
    """Keep sessions in the database: Flask-Session's file store drops live sessions beyond 500."""
    options = {"connect_args": {"timeout": LOCK_WAIT_S}} if config.database.startswith("sqlite") else {}
    app.config.update(
        SQLALCHEMY_DATABASE_URI=config.database,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True, **options},
    )
    app.config["ACCOUNTS"] = config.auth != "none"
    database = SQLAlchemy(app)
    app.config.update(
        SESSION_TYPE="sqlalchemy", SESSION_SQLALCHEMY=database, PERMANENT_SESSION_LIFETIME=LIFETIME
    )
    app.session_interface = Visitors(database)


class VisitorSession(ServerSideSession):  # type: ignore[misc]  # Flask-Session is not typed
    """What is known of a visitor. is_kept: in a row; cookie_age_s: None for who has no cookie of ours yet."""

    is_kept = False
    cookie_age_s: float | None = None


class Visitors(SessionInterface):
    """Reads cookies, keeps rows by Flask-Session's own store, and gives each connection back at once."""

    def __init__(self, database: SQLAlchemy) -> None:
        self._database = database
        self._one_visitor = threading.Lock()
        self._made: SqlAlchemySessionInterface | None = None

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        if request.path in PATHS_WITHOUT:
            return self.make_null_session(app)
        try:
            store = self._store(app)
            if secrets.randbelow(CLEANUP_EVERY_N) == 0:  # as Flask-Session would
                store._delete_expired_sessions()
            cookie = request.cookies.get(self.get_cookie_name(app), "")
            return self._opened(app, store, cookie)
        finally:
            self._database.session.remove()

    def _opened(self, app: Flask, store: SqlAlchemySessionInterface, cookie: str) -> VisitorSession:
        try:
            named, signed_at = _signer(app).unsign(cookie, return_timestamp=True)
            sid, age = named.decode(), _age_s(signed_at)
        except BadSignature:
            sid, age = cookie, None  # of a version that did not sign, or of nobody
        kept = store._retrieve_session_data(store._get_store_id(sid)) if sid else None
        if kept is None and age is None:
            sid = secrets.token_urlsafe(ID_BYTES)
        if kept and age is None:
            kept.pop("_user_id", None)  # none of those versions had accounts
        opened = VisitorSession({"csrf_token": _derived(app, "form", sid)[:40], **(kept or {})}, sid, True)
        if age is not None:
            opened.setdefault("owner", owner_of(app, sid))
        opened.is_kept, opened.cookie_age_s = kept is not None, age
        opened.modified = False
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, VisitorSession):  # none could be read, and the answer says so
            return
        if session.accessed:
            response.vary.add("Cookie")
        was_given_a_form = "csrf_token" in g
        renews = session.cookie_age_s is None or session.cookie_age_s > RENEW_S
        if session.modified and (session.is_kept or session.keys() - DERIVED):
            self._keep(app, session)
        if renews and (session.modified or was_given_a_form):
            response.set_cookie(
                self.get_cookie_name(app),
                _signer(app).sign(session.sid).decode(),
                expires=self.get_expiration_time(app, session),
                httponly=self.get_cookie_httponly(app),
                path=self.get_cookie_path(app),
                secure=self.get_cookie_secure(app),
                samesite=self.get_cookie_samesite(app),
            )

    def renew(self, app: Flask, session: VisitorSession, keeps: bool) -> None:
        """Give a browser another id and another secret of its forms; who knew the old ones has nothing of it.

        keeps: what was noted of the visitor stays, such as his choices.
        """
        store = self._store(app)
        if session.is_kept:
            try:
                store._delete_session(store._get_store_id(session.sid))
            finally:
                self._database.session.remove()
        noted = {name: value for name, value in session.items() if keeps and name not in DERIVED}
        session.clear()
        session.sid = secrets.token_urlsafe(ID_BYTES)
        session.update(
            noted, csrf_token=_derived(app, "form", session.sid)[:40], owner=owner_of(app, session.sid)
        )
        session.is_kept, session.cookie_age_s, session.modified = False, None, True
        g.pop("csrf_token", None)

    def _keep(self, app: Flask, session: VisitorSession) -> None:
        """Write the row, new or not: two first requests of a visitor may do so at once."""
        store = self._store(app)
        insert = postgresql.insert if self._database.engine.dialect.name == "postgresql" else sqlite.insert
        expiry = datetime.now(UTC).replace(tzinfo=None) + LIFETIME  # as Flask-Session compares it
        values = {"data": store.serializer.encode(session), "expiry": expiry}
        row = insert(store.sql_session_model).values(session_id=store._get_store_id(session.sid), **values)
        with self._database.engine.begin() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["session_id"], set_=values))

    def _store(self, app: Flask) -> SqlAlchemySessionInterface:
        with self._one_visitor:
            if self._made is None:
                self._database.engine.connect().close()  # where this fails, the next visitor tries again
                self._made = Session()._get_interface(app)
            return self._made


def _signer(app: Flask) -> TimestampSigner:
    return TimestampSigner(str(app.secret_key), salt="visitor", key_derivation="hmac")


def _age_s(signed_at: datetime) -> float:
    """Return how far from now a cookie was signed. Raises BadSignature for one that has expired.

    It may lie ahead: by another machine's clock, or before this one's was set back. Whoever has it stays who
    he is, and gets one of today where the clock was far ahead.
    """
    age_s = time.time() - signed_at.timestamp()
    if age_s > LIFETIME.total_seconds():
        raise BadSignature("expired")
    return abs(age_s)


def _derived(app: Flask, what: str, sid: str) -> str:
    return hmac.digest(str(app.secret_key).encode(), f"{what} {sid}".encode(), hashlib.sha256).hex()


def owner_of(app: Flask, sid: str) -> str:
    """Return the id of the visitor whom a cookie names: 32 hexadecimal digits."""
    return _derived(app, "visitor", sid)[:32]


def owner() -> str:
    """Return who owns what the present visitor makes and sees; "" for one who owns nothing.

    Without accounts that is the visitor himself, once he has opened a page; with them, who has signed in.
    """
    if current_app.config["ACCOUNTS"]:
        return str(getattr(current_user, "owner", ""))
    return visitor()


def visitor() -> str:
    """Return the id of the present browser, whoever sits there; "" for one that has never opened a page."""
    return str(session.get("owner", ""))


def welcome() -> str:
    """Return the present owner, and make an id for a new visitor; an old cookie is renewed."""
    opened = cast(VisitorSession, session)
    if "owner" not in opened:
        opened["owner"] = owner_of(current_app, opened.sid)
    elif opened.cookie_age_s is None or opened.cookie_age_s > RENEW_S:
        opened.modified = True
    return owner()


def renew(keeps: bool) -> None:
    """Let the present browser be another visitor, as far as anybody can tell who knew its cookie."""
    cast(Visitors, current_app.session_interface).renew(current_app, cast(VisitorSession, session), keeps)


def is_known() -> bool:
    """Tell whether the present browser has sent a cookie of ours."""
    return cast(VisitorSession, session).cookie_age_s is not None


def is_over() -> bool:
    """Tell whether who was signed in when this request came no longer is."""
    return bool(current_app.config["ACCOUNTS"]) and not current_user.is_still_known()
