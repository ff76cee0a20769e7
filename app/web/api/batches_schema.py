"""What /api/vectors takes and answers: schemas for `batches`."""

from apiflask import Schema
from apiflask.fields import Float, Integer, List, Nested, Raw, String
from apiflask.validators import Length, Range

from app.web.api.clean_schema import CallbackUrl, DeliveryAnswer
from app.web.api.lenient import LenientSchema


class ListRequest(LenientSchema):
    records = List(
        Raw(),
        required=True,
        validate=Length(min=1),
        metadata={"description": "Objects with an address, or addresses."},
    )
    key = String(load_default="url", metadata={"description": "Under which a record has its address."})
    callback_url = CallbackUrl()


class ListAccepted(Schema):
    job_id = String()
    status = String()
    url = String(metadata={"description": "Where to ask how far it is."})


class ListRecord(Schema):
    url = String(allow_none=True)
    status = String(metadata={"description": "waiting, done, failed."})
    reason = String(allow_none=True)


class ListJob(Schema):
    job_id = String()
    status = String()
    progress = Float()
    error = String(allow_none=True)
    records = List(Nested(ListRecord))
    files = List(String(), metadata={"description": "Addresses of the result files."})
    deliveries = List(Nested(DeliveryAnswer))


class NearestQuery(LenientSchema):
    url = String(required=True, metadata={"description": "A record of the list that has a vector."})
    n = Integer(load_default=10, validate=Range(1, 1000), metadata={"description": "How many."})


class NearestRecord(Schema):
    url = String()
    similarity = Float(metadata={"description": "The cosine of the angle: 1 is the same direction."})


class NearestAnswer(Schema):
    url = String()
    engine = String()
    pooling = String()
    nearest = List(Nested(NearestRecord))
