"""/health and /ready, which a supervisor asks: does it live, does it take recordings, what is missing."""

import os
from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Flask, Response, jsonify

from app.errors import AppError, EngineUnavailable, StorageFull
from app.jobs.database import DATABASE_AWAY
from app.web.core.context import Konspekt, konspekt
from app.web.core.errors import translate
from app.web.core.head import AtOnce, read_head

BODY = b'{"status":"ok"}\n'  # as the view writes it

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> Response:
    """Answer that the process is alive."""
    return jsonify(status="ok")


def answer_at_once(app: Flask, data: bytes) -> AtOnce | None:
    """Answer the head of a usual request for /health before a thread is taken; None: the view shall answer.

    Its caller ends a program that answers late, and each change of threads waits for a core.
    """
    head = read_head(data, app) if data.startswith(b"GET /health HTTP/1.1\r\n") else None
    return head.answered(app, HTTPStatus.OK, "application/json", BODY) if head else None


@bp.get("/ready")
def ready() -> tuple[Response, int]:
    """Answer whether new recordings are taken, and if not, what is missing."""
    parts = konspekt()
    if parts.stopping.is_set():
        return jsonify(status="stopping"), 503
    if not parts.started.is_set():
        return jsonify(status="starting"), 503
    missing = {name: why for name, why in checked(parts).items() if why}
    if not missing:
        return jsonify(status="ready"), 200
    first = next(iter(missing))
    return jsonify(status=first, message=missing[first], missing=missing), 503


def checked(parts: Konspekt) -> dict[str, str | None]:
    """Return why each of what new recordings need is missing, None where it is there."""
    return {name: look(parts) for name, look in CHECKS.items()}


def _database(parts: Konspekt) -> str | None:
    try:
        parts.jobs.counts()
    except DATABASE_AWAY as error:
        return str(error).partition("\n")[0]
    return None


def _disk(parts: Konspekt) -> str | None:
    try:
        parts.jobs.check_space()
    except StorageFull as error:
        return translate(error)
    return None


def _folders(parts: Konspekt) -> str | None:
    """Name a folder of ours in which this user may not write, or that is on a read-only file system."""
    config = parts.config
    for folder in (config.uploads_dir, config.results_dir, config.data_dir):
        if not os.access(folder, os.W_OK | os.X_OK):
            return f"no right to write into the folder {folder.name}"
    return None


def _broker(parts: Konspekt) -> str | None:
    bus = parts.jobs.parts.bus
    return bus.error() if bus else None  # none: all work is done here


def _storage(parts: Konspekt) -> str | None:
    """Ask for the bucket, where files are kept there."""
    if parts.config.storage == "local":
        return None
    try:
        parts.integrations.service_bucket.check()
    except AppError as error:
        return translate(error)
    return None


def _models(parts: Konspekt) -> str | None:
    """Tell whether anything hears speech; where other processes do, whether one of each kind lives."""
    if parts.config.queue_url:
        try:
            alive = parts.jobs.workers.by_queue(parts.config.gpu_stages)
        except DATABASE_AWAY:
            return None  # it says so itself
        missing = [queue for queue, n in alive.items() if not n]
        if missing and any(alive.values()):
            return f"no worker of the queue {missing[0]} has shown itself for half a minute"
        return "no worker has shown itself for half a minute" if missing else None
    hearing = parts.engines.hearing()
    return str(EngineUnavailable(hearing.command or "")) if hearing.languages == frozenset() else None


CHECKS: dict[str, Callable[[Konspekt], str | None]] = {
    "disk_full": _disk,
    "not_writable": _folders,
    "database_away": _database,
    "broker_away": _broker,
    "storage_away": _storage,
    "models_missing": _models,
}
