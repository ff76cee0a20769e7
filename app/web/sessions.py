"""Visitors: each is a random id in a session that the server keeps in the database."""

import secrets
import time
from datetime import timedelta

from flask import Flask, current_app, session
from flask_session import Session
from flask_sqlalchemy import SQLAlchemy

from app.config import Config

LIFETIME = timedelta(days=31)
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
        SESSION_CLEANUP_N_REQUESTS=500,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
    )
    Session(app)


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
