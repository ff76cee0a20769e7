"""GET /api/similar: which of the visitor's recordings sound like one of them."""

from typing import Any

from apiflask import APIBlueprint

from app.errors import NotFound
from app.jobs.service import UNKNOWN
from app.web.api.vectors_schema import SimilarAnswer, SimilarQuery
from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.neighbourhood import neighbourhood

bp = APIBlueprint("similar", __name__, tag="Vectors")


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
