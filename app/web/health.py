"""What a supervisor asks: is it alive."""

from flask import Blueprint, Response, jsonify

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> Response:
    """Answer that the process is alive."""
    return jsonify(status="ok")
