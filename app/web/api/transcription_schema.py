"""What OpenAI's `POST /v1/audio/transcriptions` and `POST /v1/audio/translations` take."""

from typing import Any

from apiflask.fields import Boolean, File, Float, List, String
from apiflask.validators import OneOf, Range
from marshmallow import ValidationError, validates_schema

from app.documents.language_codes import AUTO, language_code
from app.errors import BadInput
from app.pipeline import speaker_count
from app.web.api.lenient import LenientSchema

TRANSLATED = ("json", "text", "srt", "verbose_json", "vtt")
FORMATS = (*TRANSLATED, "diarized_json")


class SpokenLanguage(String):
    """A language by any usual code or name; loaded as its ISO 639-1 code."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        code = language_code(super()._deserialize(value, attr, data, **options))
        if code is None:
            raise ValidationError("Must be a language: en, eng, en-US, English, or auto.")
        return code


class SpeakerNumber(String):
    """A number of speakers, a range, or auto."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        try:
            return speaker_count.normal(super()._deserialize(value, attr, data, **options))
        except BadInput as error:
            raise ValidationError(str(error)) from error


class TranslationForm(LenientSchema):
    """The multipart form. Fields of OpenAI's that are not here are taken and ignored."""

    file = File(  # type: ignore[no-untyped-call]
        required=True, metadata={"description": "Audio or video, any kind that ffmpeg reads."}
    )
    model = String(
        load_default="whisper-1",
        metadata={
            "description": "One of GET /v1/models. Under OpenAI's own names the engine that is set up hears."
        },
    )
    prompt = String(load_default="", metadata={"description": "Names and terms that are likely to be heard."})
    response_format = String(load_default="json", validate=OneOf(TRANSLATED))
    temperature = Float(
        load_default=0.0,
        validate=Range(0, 1),
        metadata={"description": "0 to 1; above 0, the engine chooses words by chance, if it can."},
    )


class TranscriptionForm(TranslationForm):
    """The multipart form. Fields of OpenAI's that are not here are taken and ignored."""

    language = SpokenLanguage(
        load_default=AUTO,
        metadata={"description": "Language of the speech, by code or name; by default it is detected."},
    )
    response_format = String(load_default="json", validate=OneOf(FORMATS))
    timestamp_granularities = List(
        String(validate=OneOf(("segment", "word"))),
        data_key="timestamp_granularities[]",
        load_default=list,
        metadata={"description": "With verbose_json: segment (the default), word, or both."},
    )
    speakers = SpeakerNumber(
        load_default=AUTO,
        metadata={
            "description": "With diarized_json: how many people speak: 3, 2-5, or auto. Ours, not OpenAI's."
        },
    )
    stream = Boolean(
        load_default=False,
        metadata={
            "description": "Answer by server-sent events: transcript.text.delta, transcript.text.done."
        },
    )

    @validates_schema
    def _check_granularities(self, data: dict[str, Any], **_options: Any) -> None:
        if data["timestamp_granularities"] and data["response_format"] != "verbose_json":
            raise ValidationError("Needs response_format=verbose_json.", "timestamp_granularities[]")
