"""Visitors: each is a random id in a session that the database keeps. Every view asks for it here.

Flask-Session 0.8 connects to the database when it is made, to create its table, and can be told to forget
expired sessions only before the first request. But the program must start, and answer /health, while the
database is away. So Flask-Session is made on the first visit, and what it would register is done here;
`tests/web/core/test_sessions.py` fails when a newer Flask-Session makes this unnecessary.

No request holds a connection to the database but for the moment in which its session is read or written:
what comes between, a body, a model, an answer, takes as long as the client likes.
"""

import secrets
import threading
import time
from datetime import timedelta

from flask import Flask, Request, Response, session
from flask.sessions import SessionInterface, SessionMixin
from flask_session import Session
from flask_session.base import ServerSideSession
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


class SessionsFromFirstVisit(SessionInterface):
    """Makes Flask-Session's own interface on the first visit, and gives each connection back at once."""

    def __init__(self, database: SQLAlchemy) -> None:
        self._database = database
        self._one_visitor = threading.Lock()
        self._stored: SqlAlchemySessionInterface | None = None

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        if request.path in PATHS_WITHOUT:
            return self.make_null_session(app)
        try:
            interface = self._interface(app)
            if secrets.randbelow(CLEANUP_EVERY_N) == 0:  # as Flask-Session would
                interface._delete_expired_sessions()
            opened: SessionMixin | None = interface.open_session(app, request)
            return opened
        finally:
            self._database.session.remove()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, ServerSideSession):  # none could be read, and the answer says so
            return
        try:
            self._interface(app).save_session(app, session, response)
        finally:
            self._database.session.remove()

    def _interface(self, app: Flask) -> SqlAlchemySessionInterface:
        with self._one_visitor:
            if self._stored is None:
                self._database.engine.connect().close()  # where this fails, the next visitor tries again
                self._stored = Session()._get_interface(app)
            return self._stored


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
