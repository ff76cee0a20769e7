"""What /run takes and answers: schemas for `run`. The names are RunPod's."""

from apiflask import Schema
from apiflask.fields import Dict, Float, Integer, Nested, String

from app.documents.language_codes import AUTO
from app.web.api.clean_schema import BucketItem, CallbackUrl
from app.web.api.lenient import LenientSchema
from app.web.api.transcription_schema import SpokenLanguage


class RunInput(BucketItem):
    language = SpokenLanguage(
        load_default=AUTO,
        metadata={"description": "Language of the speech, by code or name; by default it is detected."},
    )


class RunRequest(LenientSchema):
    """`{"input": {"file_key": …, "item_id": …}}`."""

    input = Nested(RunInput, required=True)
    callback_url = CallbackUrl()


class RunAnswer(Schema):
    id = String()
    status = String(metadata={"description": "IN_QUEUE, IN_PROGRESS, COMPLETED, FAILED or CANCELLED."})


class RunStatus(RunAnswer):
    progress = Float()
    delayTime = Integer(metadata={"description": "Milliseconds that it waited."})  # noqa: N815
    executionTime = Integer(metadata={"description": "Milliseconds that it was worked on."})  # noqa: N815
    error = String()
    output = Dict(
        metadata={"description": "`transcript` and `minutes` as their documents in JSON, `audio_length_s`."}
    )
