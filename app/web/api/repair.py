"""POST /v1/audio/repair: a damaged recording goes in, its repaired sound comes out."""

from typing import Any

from apiflask import APIBlueprint
from apiflask.fields import File, String
from apiflask.validators import OneOf
from flask import Response

from app import pipeline
from app.errors import EngineUnavailable
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.pipeline.limits import limits_of
from app.pipeline.recording import Recording
from app.web.api.lenient import LenientSchema
from app.web.core.api_key import check_key
from app.web.core.context import konspekt
from app.web.core.multipart import received
from app.web.core.sync_calls import awaited_call, one_of_few_calls

FORMATS = {"flac": "audio/flac", "mp3": "audio/mpeg"}
RESPONSES: dict[int | str, Any] = {
    200: {
        "description": "The repaired sound, 16 kHz mono.",
        "content": {kind: {} for kind in FORMATS.values()},
    }
}

bp = APIBlueprint("repair_api", __name__, url_prefix="/v1", tag="Repair")
bp.before_request(check_key)


class RepairForm(LenientSchema):
    """The multipart form."""

    file = File(  # type: ignore[no-untyped-call]
        required=True, metadata={"description": "Audio or video, any kind that ffmpeg reads."}
    )
    response_format = String(load_default="flac", validate=OneOf(list(FORMATS)))


@bp.post("/audio/repair")
@one_of_few_calls
@bp.input(RepairForm, location="form_and_files", arg_name="form")
@bp.doc(
    summary="Repair a damaged recording",
    description="Gaps, clicks, clipped peaks, then noise and echo. Answers when all of it is done, in the"
    " program's own net; whole sound is left alone.",
    responses=RESPONSES,
)
def repair(form: dict[str, Any]) -> Response:
    parts, kind = konspekt(), form["response_format"]
    with awaited_call() as (folder, progress):
        source = received(form["file"]).path
        recording = Recording("sound", source, folder, limits=limits_of(parts.config))
        stages = ("extract", "repair")
        made = pipeline.run(stages, recording, parts.engines, lambda stage, done: progress(done)).repaired
        if isinstance(made, NotCleaned):
            raise EngineUnavailable(made.message, **made.params)
        assert isinstance(made, Cleaned)
        return Response((made.mp3 if kind == "mp3" else made.flac).read_bytes(), content_type=FORMATS[kind])
