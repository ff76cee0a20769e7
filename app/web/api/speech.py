"""Speech by OpenAI's API: `POST /v1/audio/speech` reads text aloud with the program's own voices."""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import soundfile
from apiflask import APIBlueprint, Schema
from apiflask.fields import Float, String
from apiflask.validators import Length, OneOf, Range
from flask import Flask, Response, jsonify

from app.audio.encode import encode
from app.engines.base import SpeakOptions, SpokenVoice
from app.errors import N_, JobCancelled, Overloaded
from app.progress import Progress
from app.web.api.transcriptions import RETRY_AFTER_S, one_of_few_calls, while_asked
from app.web.core.api_key import check_key
from app.web.core.context import konspekt
from app.web.core.security import csrf

FORMATS = {"mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac", "opus": "audio/ogg"}
MAX_LETTERS = 4096  # OpenAI's own limit
PREFERRED = ("en-slt", "ru-nsh")  # recorded voices, the most natural ones

RESPONSES: dict[int | str, Any] = {
    200: {"description": "The speech.", "content": {kind: {} for kind in FORMATS.values()}}
}

bp = APIBlueprint("speech", __name__, url_prefix="/v1", tag="OpenAI")
bp.before_request(check_key)


def init_app(app: Flask) -> None:
    csrf.exempt(bp)  # no cookie opens anything here
    app.register_blueprint(bp)


class SpeechRequest(Schema):
    """The JSON of OpenAI's `POST /v1/audio/speech`. Fields that are not here are taken and ignored."""

    input = String(required=True, validate=Length(1, MAX_LETTERS), metadata={"description": "What to read."})
    model = String(load_default="tts-1", metadata={"description": "Taken for compatibility."})
    voice = String(
        load_default="auto",
        metadata={
            "description": "One of GET /v1/audio/voices; any other name: a voice of the text's language."
        },
    )
    response_format = String(load_default="mp3", validate=OneOf(list(FORMATS)))
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
    incoming = konspekt().config.uploads_dir / "incoming"
    with tempfile.TemporaryDirectory(prefix="call-", dir=incoming) as folder:
        kind = wish["response_format"]
        try:
            sound = spoken(
                wish["input"], wish["voice"], wish["speed"], kind, Path(folder), while_asked(Path(folder))
            )
        except JobCancelled:
            raise Overloaded(N_("The server is being restarted. Please try again."), RETRY_AFTER_S) from None
        return Response(sound.read_bytes(), content_type=FORMATS[kind])


@bp.get("/audio/voices")
@bp.doc(summary="List the voices that read aloud")
def voices() -> Response:
    known = konspekt().engines.synthesizer().voices
    return jsonify(object="list", data=[{"id": voice.name, "language": voice.language} for voice in known])


def spoken(text: str, voice: str, speed: float, kind: str, folder: Path, progress: Progress) -> Path:
    """Read `text` aloud into a file of `kind` in `folder`."""
    engine = konspekt().engines.synthesizer()
    options = SpeakOptions(choose(voice, text, engine.voices), speed)
    wav, target = folder / "speech.wav", folder / f"spoken.{kind}"
    seconds = 0.0
    with soundfile.SoundFile(wav, "w", engine.sample_rate, 1, "PCM_16") as file:
        for piece in engine.speak(text, options, progress):
            file.write(piece.mono())
            seconds += piece.duration_s
    encode(wav, target, kind, seconds, progress)
    return target


def choose(name: str, text: str, known: Sequence[SpokenVoice]) -> str:
    """Return the voice of that name, else the best one of the text's language."""
    if any(voice.name == name for voice in known):
        return name
    cyrillic, latin = (len(re.findall(letters, text)) for letters in ("[а-яёА-ЯЁ]", "[a-zA-Z]"))
    language = "ru" if cyrillic > latin else "en"
    of_language = [voice.name for voice in known if voice.language == language] or [
        voice.name for voice in known
    ]
    return next((voice for voice in PREFERRED if voice in of_language), of_language[0])
