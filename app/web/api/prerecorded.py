"""POST /v1/listen, Deepgram's API for what is recorded: a file or an address goes in, its words come out."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from apiflask import APIBlueprint
from apiflask.fields import String
from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.documents.language_codes import AUTO
from app.engines.base import TranscribeOptions
from app.engines.compute.device import Priority
from app.errors import N_, BadInput
from app.storage.files import file_sha256
from app.web.api import prerecorded_answer
from app.web.api.hearing import decoded, transcribed
from app.web.api.lenient import LenientSchema
from app.web.api.prerecorded_answer import Asked
from app.web.core import models
from app.web.core.api_key import check_key
from app.web.core.context import konspekt
from app.web.core.deepgram import HOW_IT_HEARS, is_on, spoken_language, wants_speakers
from app.web.core.foreign_requests import NOT_DONE, refuse_others
from app.web.core.multipart import body
from app.web.core.sync_calls import awaited_call, call_slot

FOLLOWED = (
    *("language", "detect_language", "diarize", "diarize_model", "paragraphs", "utterances", "utt_split"),
    *("keyterm", "keywords"),
)
DEEPGRAMS = (  # the beginnings of its own models' names: the engine that is set up hears
    *("nova", "enhanced", "base", "general", "meeting", "phonecall", "voicemail", "finance", "video"),
    *("conversationalai", "drivethru", "automotive", "medical", "flux"),
)
OWN_MODEL = ("", "whisper")
NO_SOUND = N_('Send the recording itself as the body, or JSON with its address: {"url": "https://…"}.')


def _parameter(description: str) -> String:
    return String(metadata={"description": description})


class ListenQuery(LenientSchema):
    """What is followed of Deepgram's parameters. What else asks for something is refused by name."""

    model = _parameter("whisper-SIZE hears by that one, if it is here; Deepgram's own: as it is set up.")
    language = _parameter("Code or name; en where it is not said; multi: it is detected.")
    detect_language = _parameter("true: it is detected, and told.")
    diarize = _parameter("true: words have their speaker.")
    smart_format = _parameter("true: with paragraphs, as `paragraphs`.")
    paragraphs = _parameter("true: with paragraphs and their sentences.")
    utterances = _parameter("true: with utterances.")
    utt_split = _parameter("Seconds of silence that end an utterance; 0.8 where it is not said.")
    keyterm = _parameter("A name or term that is likely to be heard; may come several times.")


RESPONSES: dict[int | str, Any] = {
    200: {"description": "The transcript.", "content": {"application/json": {}}}
}

bp = APIBlueprint("prerecorded", __name__, url_prefix="/v1", tag="Deepgram")
bp.before_request(check_key)


@bp.post("/listen")
@bp.input(ListenQuery, location="query", arg_name="_query")
@bp.doc(
    summary="Transcribe a recording, as Deepgram does",
    description="The body is the recording, or JSON with its `url`. Answers when the transcript is ready.",
    responses=RESPONSES,
)
def listen(_query: dict[str, Any]) -> ResponseReturnValue:
    asked = request.args.to_dict()
    refuse_others(asked, (*FOLLOWED, *HOW_IT_HEARS))
    wanted = _wanted(asked)
    options = TranscribeOptions(
        language=spoken_language(asked),
        prompt=", ".join(_terms()),
        priority=Priority.INTERACTIVE,
        model=_model(asked.get("model", "")),
    )
    speakers = "auto" if wants_speakers(asked) else None
    with call_slot():
        pass  # before the body is read
    url = _url() if request.mimetype == "application/json" else None
    sent = None if url else body()
    with call_slot(), awaited_call() as (folder, progress):
        source = sent.path if sent else folder / "fetched"
        if url:
            konspekt().integrations.fetcher.fetch(url, source, progress)
        told = prerecorded_answer.Request(
            uuid4(), file_sha256(source), datetime.now(UTC), tuple(request.args.getlist("tag"))
        )
        recording, engines = decoded(source, folder, progress), konspekt().engines
        transcript = transcribed(recording, options, engines, progress, speakers=speakers)
    return jsonify(prerecorded_answer.answer(transcript, wanted, told))


def _wanted(asked: dict[str, str]) -> Asked:
    try:
        split_s = float(asked.get("utt_split") or 0.8)
    except ValueError as error:
        raise BadInput(NOT_DONE, name="utt_split") from error
    if not 0 < split_s < 3600:
        raise BadInput(NOT_DONE, name="utt_split")
    return Asked(
        paragraphs=is_on(asked, "paragraphs") or is_on(asked, "smart_format"),
        utterances=is_on(asked, "utterances"),
        detected_language=is_on(asked, "detect_language") or asked.get("language") == "multi",
        utt_split_s=split_s,
    )


def _terms() -> list[str]:
    """Return the words to expect; those of older clients say behind a colon how much."""
    keywords = (word.partition(":")[0] for word in request.args.getlist("keywords"))
    return [*request.args.getlist("keyterm"), *keywords]


def _model(name: str) -> str:
    """Return who hears. Raises BadInput for a Whisper that is not here, and for a name of nobody's."""
    if name in OWN_MODEL or name.startswith(DEEPGRAMS):
        return AUTO
    return models.asked(name)


def _url() -> str:
    """Return the address of the recording. Raises BadInput for what may not be fetched."""
    sent: Any = request.get_json(silent=True)
    url = sent.get("url") if isinstance(sent, dict) else None
    if not isinstance(url, str) or not url:
        raise BadInput(NO_SOUND)
    konspekt().integrations.fetcher.guard.check_url(url)
    return url
