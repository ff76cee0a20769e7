"""What /encode_audio takes and answers: schemas for `embeddings`."""

from apiflask import Schema
from apiflask.fields import Boolean, File, Float, Integer, List, Nested, String
from apiflask.validators import Length

from app.web.api.clean_schema import CallbackUrl, DeliveryAnswer, bucket_key, storable
from app.web.api.lenient import LenientSchema


class EncodeRequest(LenientSchema):
    """JSON, or a form with `file`. One of video_url, file_key and file."""

    video_url = String(
        validate=[Length(1, 8000), storable],
        metadata={"description": "Public web address of a video or of sound."},
    )
    file_key = String(
        validate=[Length(1, 900), storable, bucket_key],
        metadata={"description": "Key in the bucket of the settings."},
    )
    file = File(metadata={"description": "The recording itself, in a multipart form."})  # type: ignore[no-untyped-call]
    run_async = Boolean(
        data_key="async",
        load_default=False,
        metadata={"description": "Answer at once with the id of a job; ask for the vector later."},
    )
    callback_url = CallbackUrl("With `async`: told by a signed POST when the job ends.")


class EncodeAnswer(Schema):
    vector = List(List(Float()), metadata={"description": "One row: 1×1024 with the default model."})
    processing_time_s = Float(metadata={"description": "Decoding and computing, without the download."})
    video_length_s = Float()
    channels = Integer(metadata={"description": "Of the recording; the vector is of their mean."})
    sample_rate_hz = Integer(metadata={"description": "Of the recording; the engine hears it at 16 kHz."})
    engine = String(metadata={"description": "What made the vector."})
    pooling = String(metadata={"description": "pca, mean, mean+std; statistics for log-mel."})


class EncodeJob(EncodeAnswer):
    job_id = String()
    status = String(metadata={"description": "queued, running, done, failed, cancelled."})
    progress = Float()
    error = String(allow_none=True)
    deliveries = List(Nested(DeliveryAnswer))
