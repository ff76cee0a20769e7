"""/v1/audio/clips: a file goes in, a short video or sound of its chosen stretches comes out."""

from typing import Any

from apiflask import APIBlueprint
from apiflask.fields import Boolean, File, List, String
from apiflask.validators import OneOf
from flask import Response

from app import pipeline
from app.audio.waveform import Span
from app.documents.language_codes import AUTO
from app.pipeline.clip import clip_of, highlights_of, make_clip, span_of
from app.pipeline.limits import limits_of
from app.pipeline.recording import Recording
from app.web.api.lenient import LenientSchema
from app.web.api.transcription_schema import SpokenLanguage
from app.web.core.api_key import check_key
from app.web.core.context import konspekt
from app.web.core.multipart import received
from app.web.core.sync_calls import awaited_call, one_of_few_calls

TYPES = {".mp4": "video/mp4", ".mp3": "audio/mpeg"}

RESPONSES: dict[int | str, Any] = {
    200: {"description": "The clip.", "content": {kind: {} for kind in TYPES.values()}}
}

bp = APIBlueprint("clips_api", __name__, url_prefix="/v1", tag="Clips")
bp.before_request(check_key)


class ClipForm(LenientSchema):
    """The multipart form."""

    file = File(  # type: ignore[no-untyped-call]
        required=True, metadata={"description": "Audio or video, any kind that ffmpeg reads."}
    )
    cuts = List(
        String(),
        data_key="cut",
        load_default=list,
        metadata={"description": "A stretch, as 1:02-1:30 or 75.5-90; again for more. At most 10 minutes."},
    )
    highlights = Boolean(
        load_default=False,
        metadata={"description": "Decisions, assignments and key points instead of stretches."},
    )
    subtitles = String(
        load_default="burnt",
        validate=OneOf(("burnt", "none")),
        metadata={"description": "In the picture, or none; without a picture they stand on a plain card."},
    )
    language = SpokenLanguage(
        load_default=AUTO, metadata={"description": "Of the speech; by default it is detected."}
    )


@bp.post("/audio/clips")
@one_of_few_calls
@bp.input(ClipForm, location="form_and_files", arg_name="form")
@bp.doc(
    summary="Cut a clip out of a recording",
    description="Answers with an MP4, or an MP3 of what has neither a picture nor subtitles.",
    responses=RESPONSES,
)
def clips(form: dict[str, Any]) -> Response:
    spans: tuple[Span, ...] = tuple(map(span_of, form["cuts"]))
    if not form["highlights"]:
        clip_of(spans, form["subtitles"], "en")  # what is wrong is said before anything is heard
    heard = ("transcribe",) if form["subtitles"] == "burnt" or form["highlights"] else ()
    stages = ("extract", *heard, *(("summarize",) if form["highlights"] else ()))
    parts = konspekt()
    with awaited_call() as (folder, progress):
        recording = Recording(
            "clip", received(form["file"]).path, folder, form["language"], limits=limits_of(parts.config)
        )
        recording = pipeline.run(stages, recording, parts.engines, lambda stage, done: progress(done))
        if form["highlights"]:
            request = highlights_of(recording, form["subtitles"], "en")
        else:
            request = clip_of(spans, form["subtitles"], "en")
        made = make_clip(recording, request, folder / "clip", progress)
        return Response(made.read_bytes(), content_type=TYPES[made.suffix])
