"""What /api/v1/jobs takes and answers: schemas for `jobs` and `job_results`."""

from typing import Any, cast

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Dict, Float, Integer, List, Nested, String
from apiflask.validators import Length, OneOf, Range, Regexp
from marshmallow.fields import Field

from app.documents.downloads import DOWNLOADS
from app.documents.forms import FORMS
from app.documents.labels import LANGUAGES
from app.documents.language_codes import AUTO
from app.documents.minutes import SECTIONS
from app.jobs.job import JobStatus
from app.pipeline import SWITCHES
from app.web.api.clean_schema import CallbackUrl, bucket_key, storable
from app.web.api.lenient import LenientSchema
from app.web.api.transcription_schema import SpeakerNumber, SpokenLanguage

MAX_WAIT_S = 120
MAX_PAGE = 200
MAX_TEXT_CHARS = 2_000_000  # of a day of speech
KINDS = tuple(dict.fromkeys(download.kind for download in DOWNLOADS.values()))
FORMATS = tuple(dict.fromkeys(name.partition(".")[2] for name in DOWNLOADS))

_TEXTS: dict[str, Field[Any]] = {
    "url": String(
        load_default=None,
        validate=[Length(max=2000), storable],
        metadata={"description": "Web address of a recording, to be fetched by the server."},
    ),
    "upload": String(
        load_default=None,
        validate=Regexp("^[0-9a-f]{32}$"),
        metadata={"description": "Id of what was sent in pieces: the end of its address (/api/v1/uploads)."},
    ),
    "file_key": String(
        load_default=None,
        validate=[Length(1, 900), storable, bucket_key],
        metadata={"description": "Key of a recording in the bucket of `KONSPEKT_S3_BUCKET`."},
    ),
    "text": String(
        load_default=None,
        validate=[Length(1, MAX_TEXT_CHARS), storable],
        metadata={
            "description": "What was said, as it was written elsewhere, to have minutes of it: SRT,"
            " WebVTT, or lines, each with a time and a name before it or without."
        },
    ),
    "name": String(
        load_default="",
        validate=[Length(max=1000), storable],
        metadata={"description": "What it is called; by default its file name."},
    ),
    "language": SpokenLanguage(
        load_default=AUTO, metadata={"description": "Of the speech, by code or name; by default detected."}
    ),
    "speakers": SpeakerNumber(
        load_default=AUTO, metadata={"description": "How many people speak: 3, 2-5, or auto."}
    ),
    "terms": String(
        load_default="",
        validate=[Length(max=5000), storable],
        metadata={"description": "Names and terms to expect, by commas."},
    ),
    "model": String(
        load_default="auto",
        validate=[Length(max=64), storable],
        metadata={
            "description": "Whisper's size, one of those that are here; by default as the server is set."
        },
    ),
    "form": String(
        load_default="minutes",
        validate=OneOf((*FORMS, "none")),
        metadata={
            "description": "Form of the minutes, where a document is asked for without one; none: no minutes."
        },
    ),
    "callback_url": CallbackUrl(),
}
_SWITCHES: dict[str, Field[Any]] = {
    name: Boolean(load_default=False, metadata={"description": f"{label}."})
    for name, label in SWITCHES.items()
}

NewJob = cast(type[LenientSchema], LenientSchema.from_dict({**_TEXTS, **_SWITCHES}, name="NewJob"))
"""A recording by its address or key as JSON; a file in a multipart form has the same fields beside it."""


class JobPatch(LenientSchema):
    name = String(
        required=True,
        validate=[Length(1, 1000), storable],
        metadata={"description": "What the recording is called, on its page and in its documents."},
    )


class ListQuery(LenientSchema):
    limit = Integer(load_default=50, validate=Range(1, MAX_PAGE))
    cursor = String(load_default="", metadata={"description": "`next_cursor` of the page before."})
    status = List(
        String(validate=OneOf([status.value for status in JobStatus])),
        load_default=list,
        metadata={"description": "Only these; once for each."},
    )


class WaitQuery(LenientSchema):
    wait_s = Float(load_default=60.0, validate=Range(0, MAX_WAIT_S))


class DocumentQuery(LenientSchema):
    format = String(
        load_default=None, validate=OneOf(FORMATS), metadata={"description": "By default the first."}
    )
    form = String(
        load_default=None,
        validate=OneOf(tuple(FORMS)),
        metadata={"description": "Which parts minutes have; by default as the job was sent with."},
    )
    number = String(metadata={"description": "Of a protocol, as are the others below."})
    day = String(metadata={"description": "Its date, as 2026-11-30; by default that of the recording."})
    place = String()
    chair = String()
    secretary = String()
    present = String(metadata={"description": "By default those who speak."})


class ShareRequest(LenientSchema):
    days = Integer(load_default=7, validate=Range(1, 30), metadata={"description": "How long it is valid."})
    sound = Boolean(load_default=False, metadata={"description": "Whether the sound can be heard by it."})


class MinutesRequest(LenientSchema):
    sections = List(
        String(validate=OneOf(tuple(SECTIONS))),
        load_default=list,
        metadata={"description": "Which are written anew; by default all."},
    )
    language = String(
        load_default="",
        validate=OneOf(("", *LANGUAGES)),
        metadata={"description": "Of all of the minutes; by default as they are, at first as it was spoken."},
    )
    replace = Boolean(
        load_default=False, metadata={"description": "Also where a person has written in them himself."}
    )


class JobError(Schema):
    message = String()


class JobAnswer(Schema):
    id = String()
    name = String()
    status = String(validate=OneOf([status.value for status in JobStatus]))
    cancel_requested = Boolean(metadata={"description": "A running job that is about to stop."})
    stage = String(allow_none=True, metadata={"description": "What is being done now."})
    progress = Float(metadata={"description": "0 to 1, over all stages."})
    position = Integer(allow_none=True, metadata={"description": "In the queue; 1 is next."})
    remaining_s = Float(allow_none=True, metadata={"description": "Until it is done, as far as foreseen."})
    created_at = DateTime()
    started_at = DateTime(allow_none=True)
    finished_at = DateTime(allow_none=True)
    expires_at = DateTime(allow_none=True, metadata={"description": "When it is deleted by itself."})
    duration_s = Float(allow_none=True, metadata={"description": "Of the recording."})
    size_bytes = Integer()
    language = String()
    speakers = String()
    terms = String()
    model = String()
    form = String()
    stages = List(String())
    engines = Dict(keys=String(), values=String(), metadata={"description": "Stage: what has done it."})
    error = Nested(JobError, allow_none=True)
    callback_url = String(allow_none=True)
    url = String(metadata={"description": "Its address here."})


class JobPage(Schema):
    jobs = List(Nested(JobAnswer), metadata={"description": "Newest first."})
    next_cursor = String(allow_none=True, metadata={"description": "Of the next page; null: there is none."})


class DocumentEntry(Schema):
    kind = String(validate=OneOf(KINDS))
    format = String()
    content_type = String()
    url = String()


class DocumentList(Schema):
    documents = List(Nested(DocumentEntry))


class LineAnswer(Schema):
    key = Integer()
    start = Float(metadata={"description": "Seconds."})
    end = Float()
    text = String()
    speaker = String(allow_none=True)
    name = String(allow_none=True, metadata={"description": "The speaker, as people read it."})
    doubtful = Boolean()
    overlapped = Boolean(metadata={"description": "Others speak at the same time."})
    words = List(
        Integer(),
        metadata={
            "description": "Five a word: place in the text, length, start and end in ms, per cent sure."
        },
    )


class TranscriptAnswer(Schema):
    version = Integer(metadata={"description": "How often it was corrected; the ETag too."})
    lines = List(Nested(LineAnswer))
    minutes = Dict(allow_none=True)


class ShareAnswer(Schema):
    id = String()
    url = String(metadata={"description": "Opens the recording for whoever has it."})
    created_at = DateTime()
    expires_at = DateTime()
    sound = Boolean()


class ShareList(Schema):
    shares = List(Nested(ShareAnswer))
