"""The vector of a recording on its page: a map of what sounds like it, and the vector to take away."""

import json
from io import BytesIO

from flask import Blueprint, Response, send_file

from app.documents.downloads import download_name
from app.engines.base import Embedding
from app.engines.choosing.embedders import missing_model
from app.engines.weights.sources import Weights
from app.errors import NotFound
from app.jobs.service import UNKNOWN
from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.file_names import stem
from app.web.core.i18n import locale
from app.web.core.neighbourhood import Neighbourhood, neighbourhood
from app.web.core.turns import in_turn
from app.web.pages.vector_map import Drawing, draw

SIZES = {"wide": (720.0, 420.0), "narrow": (340.0, 320.0)}  # of the map, in CSS pixels at their full width
FILES = {"vector.json": "application/json", "vector.npy": "application/octet-stream"}

bp = Blueprint("vectors", __name__)
bp.add_app_template_global(neighbourhood)


@bp.app_template_global()
def drawings(near: Neighbourhood) -> dict[str, Drawing]:
    """Draw the map for a wide window and for a phone; {} where there are too few recordings for one."""
    if not near.places:
        return {}
    nearest = [one.of.id for one in near.alike]
    return {kind: draw(near.places, near.job_id, nearest, *size) for kind, size in SIZES.items()}


@bp.app_template_global()
def missing_speech_model() -> Weights | None:
    """Return the model to fetch for vectors of speech; None: one is here, or statistics were chosen."""
    return missing_model(konspekt().config)


@bp.get("/jobs/<job_id>/vector/<file>")
@in_turn
def vector(job_id: str, file: str) -> Response:
    """Give the vector as `vector.json` or `vector.npy`."""
    jobs = konspekt().jobs
    job = jobs.get(sessions.owner(), job_id)
    embedding = jobs.results.recording(job).embedding
    if embedding is None or file not in FILES:
        raise NotFound(UNKNOWN)
    response = send_file(
        BytesIO(_npy(embedding) if file == "vector.npy" else _json(embedding)),
        mimetype=FILES[file],
        as_attachment=True,
        download_name=download_name(stem(job.name), file, locale()),
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _json(embedding: Embedding) -> bytes:
    """Write it in the form of the answer of /encode_audio: a matrix of one row."""
    answer = {
        "vector": [embedding.vector.tolist()],
        "engine": embedding.engine,
        "pooling": embedding.pooling,
    }
    return json.dumps(answer, ensure_ascii=False).encode()


def _npy(embedding: Embedding) -> bytes:
    import numpy as np

    buffer = BytesIO()
    np.save(buffer, embedding.vector[None], allow_pickle=False)
    return buffer.getvalue()
