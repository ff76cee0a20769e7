"""Visitors: each is a random id in a session that the database keeps. Every view asks for it here.

Flask-Session 0.8 connects to the database when it is made, to create its table, and can be told to forget
expired sessions only before the first request. But the program must start, and answer /health, while the
database is away. So Flask-Session is made on the first visit, and what it would register is done here;
`tests/web/core/test_sessions.py` fails when a newer Flask-Session makes this unnecessary.
"""

import secrets
import threading
import time
from datetime import timedelta

from flask import Flask, Request, Response, current_app, session
from flask.sessions import SessionInterface, SessionMixin
from flask_session import Session
from flask_session.sqlalchemy import SqlAlchemySessionInterface
from flask_sqlalchemy import SQLAlchemy

from app.config import Config

LIFETIME = timedelta(days=31)
PATHS_WITHOUT = (
    "/health",
    "/ready",
    "/metrics",
)  # no session is opened for these: they answer while the database is away
CLEANUP_EVERY_N = 500  # requests
RENEW_S = 24 * 3600  # the session's end is moved once a day, not by a write on every request


def init_app(app: Flask, config: Config) -> None:
    """Keep sessions in the database: Flask-Session's file store drops live sessions beyond 500."""
    options = {"connect_args": {"timeout": 30}} if config.database.startswith("sqlite") else {}
    app.config.update(
        SQLALCHEMY_DATABASE_URI=config.database,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True, **options},
    )
    database = SQLAlchemy(app)
    app.config.update(
        SESSION_TYPE="sqlalchemy",
        SESSION_SQLALCHEMY=database,
        SESSION_PERMANENT=True,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
    )
    app.session_interface = SessionsFromFirstVisit(database)
    app.before_request(_forget_the_expired)


def _forget_the_expired() -> None:
    """Delete expired sessions on about every CLEANUP_EVERY_N-th request, as Flask-Session would."""
    interface = current_app.session_interface
    if isinstance(interface, SqlAlchemySessionInterface) and secrets.randbelow(CLEANUP_EVERY_N) == 0:
        interface._delete_expired_sessions()


class SessionsFromFirstVisit(SessionInterface):
    """Makes Flask-Session's own interface on the first visit, which then takes this one's place."""

    def __init__(self, database: SQLAlchemy) -> None:
        self._database = database
        self._one_visitor = threading.Lock()

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        if request.path in PATHS_WITHOUT:
            return self.make_null_session(app)
        with self._one_visitor:
            if app.session_interface is self:
                self._database.engine.connect().close()  # where this fails, the next visitor tries again
                Session(app)
        return app.session_interface.open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep nothing: what had a session was given the real interface."""


def owner() -> str:
    """Return the present visitor's id; "" for one who has never opened a page, who owns nothing."""
    return str(session.get("owner", ""))


def welcome() -> str:
    """Return the present visitor's id, and make one for a new visitor."""
    if "owner" not in session:
        session["owner"] = secrets.token_hex(16)
    if time.time() - session.get("renewed", 0) > RENEW_S:
        session["renewed"] = int(time.time())
    return owner()


def release() -> None:
    """Give the database connection back; called where an answer goes on for minutes."""
    current_app.config["SESSION_SQLALCHEMY"].session.remove()
