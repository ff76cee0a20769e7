"""/v1/audio/transcriptions and /v1/models: OpenAI's client works unchanged when pointed at this server."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify
from werkzeug.exceptions import NotFound

from app.audio.decode import decode_speech
from app.audio.wav import WavFile
from app.documents.speakers import with_speakers
from app.engines.base import TranscribeOptions
from app.engines.compute.device import Priority
from app.pipeline.limits import limits_of
from app.pipeline.speech_finder import speech_finder
from app.pipeline.stages.diarize import tell_apart
from app.pipeline.stages.transcribe import hear
from app.web.api import transcription_answers
from app.web.api.transcription_schema import TranscriptionForm
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
    options = TranscribeOptions(
        language=form["language"],
        prompt=form["prompt"],
        temperature=form["temperature"],
        priority=Priority.INTERACTIVE,
        model=models.asked(form["model"]),
    )
    parts = konspekt()
    with awaited_call() as (folder, progress):
        source, speech = received(form["file"]).path, folder / "speech.wav"
        media = decode_speech(
            source,
            speech,
            limits=limits_of(parts.config),
            progress=progress,
            find_speech=speech_finder(parts.engines, progress),
        )
        transcript = hear(WavFile(speech), parts.engines, options, progress)
        if form["response_format"] == "diarized_json" and transcript.segments:
            found = tell_apart(WavFile(speech), form["speakers"], parts.engines, progress)
            transcript = with_speakers(transcript, found.turns)
    if form["stream"]:
        return Response(transcription_answers.events(transcript), mimetype="text/event-stream")
    match form["response_format"]:
        case "json":
            return jsonify(transcription_answers.plain(transcript))
        case "verbose_json":
            return jsonify(
                transcription_answers.verbose(transcript, form["timestamp_granularities"], media.remarks)
            )
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
