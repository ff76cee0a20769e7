"""What /api/similar takes and answers: schemas for `vectors`."""

from apiflask import Schema
from apiflask.fields import Float, List, Nested, String

from app.web.api.lenient import LenientSchema


class SimilarQuery(LenientSchema):
    job = String(required=True, metadata={"description": "Id of a recording of one's own."})


class SimilarJob(Schema):
    job = String()
    name = String()
    similarity = Float(metadata={"description": "Cosine of the angle, -1 to 1."})


class MapPoint(Schema):
    job = String()
    name = String()
    x = Float(metadata={"description": "0 to 1, first principal component."})
    y = Float(metadata={"description": "0 to 1, second principal component."})


class SimilarAnswer(Schema):
    job = String()
    engine = String()
    pooling = String()
    similar = List(Nested(SimilarJob))
    map = List(Nested(MapPoint))
