"""POST /v1/audio/speech, OpenAI's API: text is read aloud with the program's own voices."""

from typing import Any

from apiflask import APIBlueprint
from apiflask.fields import Float, String
from apiflask.validators import Length, OneOf, Range
from flask import Response, jsonify

from app.errors import N_, BadInput
from app.pipeline.read_aloud import FORMATS, MAX_LETTERS, read_aloud
from app.web.api.lenient import LenientSchema
from app.web.core.api_key import check_key
from app.web.core.context import konspekt
from app.web.core.sync_calls import awaited_call, one_of_few_calls

KINDS = FORMATS | {"aac": "audio/aac", "pcm": "audio/pcm"}
"""What programs may ask for -> its MIME type; pcm: 16-bit samples at 24 kHz, without a head."""

MODELS = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")
OPENAIS_VOICES = (
    *(
        "alloy",
        "ash",
        "ballad",
        "cedar",
        "coral",
        "echo",
        "fable",
        "marin",
        "nova",
        "onyx",
        "sage",
        "shimmer",
    ),
    "verse",
)
NO_MODEL = N_("There is no model called %(model)s to read aloud. There are: %(models)s.")
NO_VOICE = N_("There is no voice called %(voice)s. There are: %(voices)s.")

RESPONSES: dict[int | str, Any] = {
    200: {"description": "The speech.", "content": {kind: {} for kind in KINDS.values()}}
}

bp = APIBlueprint("speech", __name__, url_prefix="/v1", tag="OpenAI")
bp.before_request(check_key)


class SpeechRequest(LenientSchema):
    """The JSON of OpenAI's `POST /v1/audio/speech`. Fields that are not here are taken and ignored."""

    input = String(required=True, validate=Length(1, MAX_LETTERS), metadata={"description": "What to read."})
    model = String(load_default="tts-1", metadata={"description": "One of OpenAI's own: tts-1, tts-1-hd, …"})
    voice = String(
        load_default="auto",
        metadata={
            "description": "One of GET /v1/audio/voices; auto and OpenAI's names: one of the text's language."
        },
    )
    response_format = String(load_default="mp3", validate=OneOf(list(KINDS)))
    speed = Float(load_default=1.0, validate=Range(0.5, 2), metadata={"description": "0.5 to 2."})


@bp.post("/audio/speech")
@one_of_few_calls
@bp.input(SpeechRequest, arg_name="wish")
@bp.doc(
    summary="Read text aloud",
    description="Answers with the sound when all of it is spoken.",
    responses=RESPONSES,
)
def speech(wish: dict[str, Any]) -> Response:
    kind, engine = wish["response_format"], konspekt().engines.synthesizer()
    _check(wish, [voice.name for voice in engine.voices])
    with awaited_call() as (folder, progress):
        sound = read_aloud(wish["input"], wish["voice"], wish["speed"], kind, folder, engine, progress)
        return Response(sound.read_bytes(), content_type=KINDS[kind])


def _check(wish: dict[str, Any], voices: list[str]) -> None:
    """Refuse a model and a voice that are neither ours nor OpenAI's. Raises BadInput."""
    if wish["model"] not in (*MODELS, ""):
        raise BadInput(NO_MODEL, model=wish["model"][:100], models=", ".join(MODELS))
    if wish["voice"] not in (*voices, *OPENAIS_VOICES, "auto", ""):
        raise BadInput(NO_VOICE, voice=wish["voice"][:100], voices=", ".join(("auto", *voices)))


@bp.get("/audio/voices")
@bp.doc(summary="List the voices that read aloud")
def voices() -> Response:
    known = konspekt().engines.voices()
    return jsonify(object="list", data=[{"id": voice.name, "language": voice.language} for voice in known])
