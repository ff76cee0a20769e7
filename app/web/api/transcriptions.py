"""/v1/audio/transcriptions, translations and /v1/models: OpenAI's clients work unchanged with this server."""

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify
from werkzeug.exceptions import NotFound

from app.documents.language_codes import AUTO
from app.documents.transcript import Transcript
from app.engines.base import Checkpoint, Task, TranscribeOptions
from app.engines.compute.device import Priority
from app.progress import Progress
from app.web.api import transcription_answers
from app.web.api.hearing import decoded, transcribed
from app.web.api.transcription_schema import TranscriptionForm, TranslationForm
from app.web.api.transcription_stream import streamed
from app.web.core import models
from app.web.core.api_key import check_key
from app.web.core.context import konspekt
from app.web.core.multipart import received
from app.web.core.sync_calls import awaited_call, one_of_few_calls

RESPONSES: dict[int | str, Any] = {
    200: {
        "description": "The transcript, in `response_format`.",
        "content": {kind: {} for kind in ("application/json", "text/plain", "text/event-stream")},
    }
}

bp = APIBlueprint("openai", __name__, url_prefix="/v1", tag="OpenAI")
bp.before_request(check_key)


@bp.post("/audio/transcriptions")
@one_of_few_calls
@bp.input(TranscriptionForm, location="form_and_files", arg_name="form")
@bp.doc(
    summary="Transcribe a recording",
    description="Answers when the transcript is ready. For long recordings use the page: it has a queue.",
    responses=RESPONSES,
)
def transcriptions(form: dict[str, Any]) -> Response:
    return _answered(form, "transcribe")


@bp.post("/audio/translations")
@one_of_few_calls
@bp.input(TranslationForm, location="form_and_files", arg_name="form")
@bp.doc(
    summary="Write in English what is said in a recording",
    description="By Whisper alone, but for its `turbo`: that was not taught to translate.",
    responses=RESPONSES,
)
def translations(form: dict[str, Any]) -> Response:
    as_asked = {"language": AUTO, "stream": False, "timestamp_granularities": (), **form}
    return _answered(as_asked, "translate")


def _answered(form: dict[str, Any], task: Task) -> Response:
    options = TranscribeOptions(
        language=form["language"],
        prompt=form["prompt"],
        temperature=form["temperature"],
        priority=Priority.INTERACTIVE,
        model=models.asked(form["model"]),
        task=task,
    )
    speakers = form["speakers"] if form["response_format"] == "diarized_json" else None
    engines = konspekt().engines
    with ExitStack() as held:
        folder, progress = held.enter_context(awaited_call())
        recording = decoded(received(form["file"]).path, folder, progress)

        def work(checkpoint: Checkpoint | None, progress: Progress) -> Transcript:
            kept = replace(options, checkpoint=checkpoint)
            return transcribed(
                recording, kept, engines, progress, speakers=speakers, in_pieces=form["stream"]
            )

        if form["stream"]:
            return streamed(work, progress, held.pop_all(), speakers is not None)
        transcript = work(None, progress)
    match form["response_format"]:
        case "json":
            return jsonify(transcription_answers.plain(transcript))
        case "verbose_json":
            wanted = form["timestamp_granularities"]
            remarks = recording.media.remarks if recording.media else ()
            return jsonify(transcription_answers.verbose(transcript, wanted, remarks, task))
        case "diarized_json":
            return jsonify(transcription_answers.diarized(transcript))
        case text_format:
            return Response(
                transcription_answers.TEXTS[text_format](transcript), content_type="text/plain; charset=utf-8"
            )


@bp.get("/models")
@bp.doc(
    summary="List the models",
    description="OpenAI's names, under which the engine that is set up hears, and the sizes that are here.",
)
def listed() -> Response:
    return jsonify(object="list", data=[_model(name) for name in models.known()])


@bp.get("/models/<name>")
@bp.doc(summary="Describe a model")
def model(name: str) -> Response:
    if name not in models.known():
        raise NotFound
    return jsonify(_model(name))


def _model(name: str) -> dict[str, str | int]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "konspekt"}
