"""What /api/clean takes and answers: schemas for `clean`."""

from typing import Any

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Dict, Float, Integer, List, Nested, String
from apiflask.validators import Length
from marshmallow import ValidationError

from app.integrations.deliveries import PENDING
from app.storage.files import checked_key
from app.web.api.lenient import LenientSchema


class ItemId(String):
    """A text, or a number as other systems count their items."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        text: str = super()._deserialize(value, attr, data, **options)
        return text


def storable(value: str | None) -> None:
    """Refuse what JSON can write, but no database can keep: NUL, lone surrogates."""
    if value is not None and ("\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)):
        raise ValidationError("Must be text.")


class CallbackUrl(String):
    """Whom to tell of the end of a job; empty: nobody."""

    def __init__(self, description: str = "Told by a signed POST when the job ends.") -> None:
        super().__init__(
            load_default=None,
            allow_none=True,
            validate=[Length(max=2000), storable],
            metadata={"description": description},
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return super()._deserialize(value, attr, data, **options).strip() or None


def bucket_key(value: str) -> None:
    try:
        checked_key(value)
    except ValueError as error:
        raise ValidationError("Must be a key in the bucket, no leading slash, no ..") from error


class BucketItem(LenientSchema):
    file_key = String(
        required=True,
        validate=[Length(1, 900), storable, bucket_key],
        metadata={"description": "The recording's key in the bucket."},
    )
    item_id = ItemId(
        required=True,
        validate=[Length(1, 255), storable],
        metadata={"description": "Your own name of the item."},
    )


class Item(BucketItem):
    do_clean = Boolean(
        load_default=True, metadata={"description": "false: measure the length and hand over, no more."}
    )


class CleanRequest(LenientSchema):
    """`{"input": {"file_key": …, "item_id": …, "do_clean": true}}`."""

    input = Nested(Item, required=True)
    callback_url = CallbackUrl()


class Accepted(Schema):
    job_id = String()
    item_id = String()
    status = String()
    url = String(metadata={"description": "Where to ask how far it is."})


class NextTry(DateTime):
    """When a message is sent again; of one that was taken or given up, never."""

    def get_value(self, obj: Any, attr: str, *args: Any, **options: Any) -> Any:
        return super().get_value(obj, attr, *args, **options) if obj.state == PENDING else None


class DeliveryAnswer(Schema):
    id = String()
    kind = String(metadata={"description": "webhook, hand_over, or export-folder, -s3, -webdav, -mail."})
    url = String()
    state = String(metadata={"description": "pending, delivered or failed."})
    attempts = Integer()
    next_try_at = NextTry(allow_none=True)
    history = List(Dict())


class CleanJob(Schema):
    job_id = String()
    item_id = String()
    status = String()
    item_status = String(
        metadata={
            "description": "The status of its record: as `status`, but of what was made before the job"
            " failed or was cancelled: cleaned (and not transcribed), transcribed (without minutes)."
        }
    )
    stage = String(allow_none=True)
    progress = Float()
    length_s = Float(allow_none=True)
    cleaned_file = String(allow_none=True)
    engine = String(allow_none=True, metadata={"description": "What cleaned it; null: it was not cleaned."})
    cleaned_sha256 = String(allow_none=True)
    copy_pending = Boolean(metadata={"description": "The sound is cleaned, but not in the bucket yet."})
    next_try_at = DateTime(
        allow_none=True, metadata={"description": "Of a queued item that waits for the bucket."}
    )
    error = String(allow_none=True)
    transcript = Dict(allow_none=True, metadata={"description": "As `transcript.json`; null: there is none."})
    minutes = Dict(allow_none=True, metadata={"description": "As `minutes.json`; null: there are none."})
    deliveries = List(Nested(DeliveryAnswer))


class DeliveriesAnswer(Schema):
    deliveries = List(Nested(DeliveryAnswer))
