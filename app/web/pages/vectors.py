"""The vector of a recording: to take away, and to find the visitor's other recordings that are like it."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from apiflask import APIBlueprint
from flask import Flask, Response, send_file

from app.documents.downloads import download_name
from app.engines.base import Embedding
from app.errors import NotFound
from app.jobs.job import Job
from app.jobs.service import UNKNOWN
from app.pipeline.similar import Alike, Place, comparable, nearest, plane
from app.web.api.vectors_schema import SimilarAnswer, SimilarQuery
from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.file_names import stem
from app.web.core.i18n import locale
from app.web.pages.vector_map import Drawing, draw

SIZES = {"wide": (720.0, 420.0), "narrow": (340.0, 320.0)}  # of the map, in CSS pixels at their full width

bp = APIBlueprint("vectors", __name__, tag="Vectors")


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A recording among the visitor's others with comparable vectors."""

    job_id: str
    embedding: Embedding
    alike: tuple[Alike[Job], ...]
    places: tuple[Place[Job], ...]

    @property
    def drawings(self) -> dict[str, Drawing]:
        """The map for a wide window and for a phone; {} where there are too few recordings for one."""
        nearest = [one.of.id for one in self.alike]
        return {
            kind: draw(self.places, self.job_id, nearest, *size)
            for kind, size in SIZES.items()
            if self.places
        }


def init_app(app: Flask) -> None:
    app.jinja_env.globals["neighbourhood"] = neighbourhood
    app.register_blueprint(bp)


def neighbourhood(job_id: str) -> Neighbourhood | None:
    """Return what is near a recording of the present visitor; None: it has no vector."""
    embeddings = konspekt().jobs.embeddings(sessions.owner())
    own = next((embedding for job, embedding in embeddings if job.id == job_id), None)
    if own is None:
        return None
    same = [(job, embedding) for job, embedding in embeddings if comparable(own, embedding)]
    others = [(job, embedding) for job, embedding in same if job.id != job_id]
    return Neighbourhood(job_id, own, nearest(own, others), plane(same))


@bp.get("/jobs/<job_id>/vector/<file>")
@bp.doc(hide=True)
def vector(job_id: str, file: str) -> Response:
    """Give the vector as `vector.json` or `vector.npy`."""
    jobs, owner = konspekt().jobs, sessions.owner()
    job, embedding = jobs.get(owner, job_id), jobs.recording(owner, job_id).embedding
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


FILES = {"vector.json": "application/json", "vector.npy": "application/octet-stream"}


@bp.get("/api/similar")
@bp.input(SimilarQuery, location="query", arg_name="query")
@bp.output(SimilarAnswer)
@bp.doc(
    summary="Find the visitor's recordings that sound like one of them",
    description="Vectors are compared by the cosine of their angle, and only with vectors that the same"
    " engine made in the same way. Needs the session of the browser that sent the recordings.",
)
def similar(query: dict[str, Any]) -> dict[str, Any]:
    job = konspekt().jobs.get(sessions.owner(), query["job"])
    near = neighbourhood(job.id)
    if near is None:
        raise NotFound(UNKNOWN)
    return {
        "job": job.id,
        "engine": near.embedding.engine,
        "pooling": near.embedding.pooling,
        "similar": [
            {"job": one.of.id, "name": one.of.name, "similarity": round(one.similarity, 6)}
            for one in near.alike
        ],
        "map": [
            {"job": place.of.id, "name": place.of.name, "x": round(place.x, 4), "y": round(place.y, 4)}
            for place in near.places
        ],
    }


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
