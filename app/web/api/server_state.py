"""/api/v1/server: what is worked on and for whom, for keys of an administrator."""

from typing import Any

from apiflask import APIBlueprint, Schema
from apiflask.fields import DateTime, Dict, Float, Integer, List, Nested, String

from app.web.core.api_key import check_admin, check_key
from app.web.core.context import konspekt

bp = APIBlueprint("server_state", __name__, url_prefix="/api/v1", tag="Server")
bp.before_request(check_key)


class ActiveJob(Schema):
    """A job of anybody: nothing of its content, its name neither."""

    whose = String(
        allow_none=True,
        metadata={"description": "An account's name, or `key:` and a key's; null: a visitor without either."},
    )
    status = String(metadata={"description": "`queued` or `running`."})
    stage = String(allow_none=True, metadata={"description": "What runs now."})
    progress = Float(metadata={"description": "0 to 1, within its stage."})
    created_at = DateTime()
    duration_s = Float(allow_none=True)
    size_bytes = Integer()


class ServerState(Schema):
    counts = Dict(String(), Integer(), metadata={"description": "How many jobs of all stand in each status."})
    jobs = List(
        Nested(ActiveJob), metadata={"description": "Those that run, and the first of those that wait."}
    )


@bp.get("/server")
@bp.output(ServerState)
@bp.doc(
    summary="Say what the server works on, and for whom",
    description="For keys of scope `admin` alone. Names and contents of recordings are their owners'.",
)
def state() -> dict[str, Any]:
    check_admin()
    parts = konspekt()
    active = parts.jobs.active()
    names = parts.integrations.account_listing.names({job.owner for job in active})
    return {
        "counts": {status.value: n for status, n in parts.jobs.counts().items()},
        "jobs": [
            {
                "whose": names.get(job.owner) or (job.owner if job.owner.startswith("key:") else None),
                "status": job.status.value,
                "stage": job.stage,
                "progress": job.progress,
                "created_at": job.created_at,
                "duration_s": job.duration_s,
                "size_bytes": job.size_bytes,
            }
            for job in active
        ],
    }
