"""What sounds like a recording among the visitor's others. For the page of a recording and /api/similar."""

from dataclasses import dataclass

from app.engines.base import Embedding
from app.jobs.job import Job
from app.pipeline.similar import Alike, Place, comparable, nearest, plane
from app.web.core import sessions
from app.web.core.context import konspekt


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A recording among the visitor's others with comparable vectors.

    alike: the nearest first; places: the map of all of them, () where they are fewer than three.
    """

    job_id: str
    embedding: Embedding
    alike: tuple[Alike[Job], ...]
    places: tuple[Place[Job], ...]


def neighbourhood(job_id: str) -> Neighbourhood | None:
    """Return what is near a recording of the present visitor; None: it has no vector."""
    embeddings = _embeddings()
    own = next((embedding for job, embedding in embeddings if job.id == job_id), None)
    if own is None:
        return None
    same = [(job, embedding) for job, embedding in embeddings if comparable(own, embedding)]
    others = [(job, embedding) for job, embedding in same if job.id != job_id]
    return Neighbourhood(job_id, own, nearest(own, others), plane(same))


def _embeddings() -> list[tuple[Job, Embedding]]:
    """Return the visitor's recordings that have a vector, newest first."""
    jobs = konspekt().jobs
    vectorized = [job for job in jobs.list(sessions.owner()) if "vectorize" in job.engines]
    found = [(job, jobs.results.recording(job, ("vectorize",)).embedding) for job in vectorized]
    return [(job, embedding) for job, embedding in found if embedding]
