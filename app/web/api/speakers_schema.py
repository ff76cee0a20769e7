"""What the addresses of speakers take and answer, for `speakers`."""

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Float, Integer, List, Nested, String
from apiflask.validators import Length

from app.web.api.lenient import LenientSchema
from app.web.core.speakers import MAX_NAME_CHARS


class SaidNameAnswer(Schema):
    name = String()
    start = Float(metadata={"description": "Seconds, where it was said."})
    text = String(metadata={"description": "The sentence that says it."})


class SpeakerAnswer(Schema):
    id = String(metadata={"description": "As in the lines of the transcript."})
    name = String(metadata={"description": "As people read it."})
    seconds = Float(metadata={"description": "How long he speaks."})
    said_name = Nested(
        SaidNameAnswer,
        allow_none=True,
        metadata={"description": "A name that was said and is probably his; it is set nowhere."},
    )


class SpeakersAnswer(Schema):
    speakers = List(Nested(SpeakerAnswer), metadata={"description": "Those who speak most come first."})


class SpeakerName(LenientSchema):
    speaker = String(required=True, metadata={"description": "His id."})
    name = String(required=True, validate=Length(1, MAX_NAME_CHARS))
    remember = Boolean(
        load_default=False,
        metadata={"description": "Know the voice again in later recordings. Ask the person first."},
    )


class VoiceAnswer(Schema):
    id = String()
    name = String()
    recordings = Integer(attribute="n", metadata={"description": "Of how many recordings it was made."})
    created_at = DateTime()
    used_at = DateTime(metadata={"description": "When it was remembered or known again last."})


class VoicesAnswer(Schema):
    voices = List(Nested(VoiceAnswer), metadata={"description": "By name; voiceprints are never given."})
