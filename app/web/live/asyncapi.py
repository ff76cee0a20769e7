"""The AsyncAPI document of live transcription, made from the records of the messages themselves."""

from typing import Any

from pydantic import TypeAdapter

from app.live.events import (
    End,
    Error,
    Final,
    Flushed,
    HeardUpTo,
    Lag,
    Partial,
    Ready,
    Underway,
    Waiting,
    Warn,
)
from app.web.live.hello import Hello

EVENTS = (Waiting, Ready, Partial, Final, HeardUpTo, Flushed, Underway, Lag, Warn, Error, End)
CHANNEL = "#/channels/transcribe"
REF = "#/components/schemas/{model}"


def description() -> dict[str, Any]:
    """Return the document."""
    theirs = {
        "hello": {"summary": "The first message.", "payload": Hello.model_json_schema()},
        "packet": {
            "summary": "Samples, interleaved, or the bytes of a file; cut anywhere.",
            "contentType": "application/octet-stream",
            "payload": {"type": "string", "format": "binary"},
        },
        "flush": {
            "summary": "What was said so far is to be a final now; told is flushed, after it.",
            "payload": {"type": "object", "properties": {"type": {"const": "flush"}}, "required": ["type"]},
        },
        "finish": {
            "summary": "No more sound comes.",
            "payload": {"type": "object", "properties": {"type": {"const": "end"}}, "required": ["type"]},
        },
    }
    schemas: dict[str, Any] = {}
    told = {kind.type: _message(kind, schemas) for kind in EVENTS}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Konspekt, live transcription", "version": "1"},
        "defaultContentType": "application/json",
        "channels": {"transcribe": {"address": "/ws/transcribe", "messages": theirs | told}},
        "operations": {
            name: {
                "action": action,
                "channel": {"$ref": CHANNEL},
                "messages": [{"$ref": f"{CHANNEL}/messages/{key}"} for key in keys],
            }
            for name, action, keys in (("hear", "receive", theirs), ("tell", "send", told))
        },
        "components": {"schemas": schemas},
    }


def _message(kind: type[Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Describe a record, which is always sent whole; the records in it are added to `schemas`."""
    schema = TypeAdapter(kind).json_schema(mode="serialization", ref_template=REF)
    schemas |= schema.pop("$defs", {})
    properties = {"type": {"const": kind.type}, **schema["properties"]}
    summary = schema.pop("description").partition("\n")[0]
    return {"summary": summary, "payload": {**schema, "properties": properties, "required": [*properties]}}
