"""/health and /ready, which a supervisor asks: is it alive, does it take recordings."""

from flask import Blueprint, Response, jsonify

from app.errors import StorageFull
from app.web.core.context import konspekt
from app.web.core.errors import translate

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> Response:
    """Answer that the process is alive."""
    return jsonify(status="ok")


@bp.get("/ready")
def ready() -> tuple[Response, int]:
    """Answer whether new recordings are taken, and if not, why."""
    parts = konspekt()
    if parts.stopping.is_set():
        return jsonify(status="stopping"), 503
    if not parts.started.is_set():
        return jsonify(status="starting"), 503
    try:
        parts.jobs.admit(0)
    except StorageFull as error:
        return jsonify(status="disk_full", message=translate(error)), 503
    return jsonify(status="ready"), 200
