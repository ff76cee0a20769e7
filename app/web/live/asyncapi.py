"""The AsyncAPI document of live transcription, made from the records of the messages themselves."""

from dataclasses import fields
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from app.audio.waveform import SPEECH_RATE_HZ
from app.documents.transcript import Word
from app.live.events import End, Error, Final, HeardUpTo, Lag, Partial, Ready, Underway, Warn

EVENTS = (Ready, Partial, Final, HeardUpTo, Underway, Lag, Warn, Error, End)
HELLO = {
    "type": "object",
    "properties": {
        "sample_rate": {"type": "integer", "minimum": 8000, "maximum": 192_000, "default": SPEECH_RATE_HZ},
        "channels": {"type": "integer", "minimum": 1, "maximum": 8, "default": 1},
        "format": {"enum": ["s16le", "f32le"], "default": "s16le"},
        "language": {"type": "string", "description": "ISO 639-1 code or auto.", "default": "auto"},
        "mode": {"enum": ["live", "file"], "default": "live"},
        "keep": {
            "type": "boolean",
            "description": "Keep sound and text, of a visitor of the page.",
            "default": False,
        },
        "recording": {"type": "string", "description": "Go on with this one, at `from`."},
        "from": {"type": "number", "minimum": 0, "default": 0},
    },
}
SIMPLE = {str: "string", float: "number", int: "integer", bool: "boolean", NoneType: "null"}


def description() -> dict[str, Any]:
    """Return the document."""
    messages: dict[str, Any] = {
        "hello": {"summary": "The first message.", "payload": HELLO},
        "packet": {
            "summary": "Samples, interleaved, or the bytes of a file; cut anywhere.",
            "contentType": "application/octet-stream",
            "payload": {"type": "string", "format": "binary"},
        },
        "finish": {
            "summary": "No more sound comes.",
            "payload": {"type": "object", "properties": {"type": {"const": "end"}}, "required": ["type"]},
        },
    }
    ours = {kind.type: {"summary": _summary(kind), "payload": schema(kind)} for kind in EVENTS}
    channel = "#/channels/transcribe"
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Konspekt, live transcription", "version": "1"},
        "defaultContentType": "application/json",
        "channels": {"transcribe": {"address": "/ws/transcribe", "messages": messages | ours}},
        "operations": {
            name: {
                "action": action,
                "channel": {"$ref": channel},
                "messages": [{"$ref": f"{channel}/messages/{key}"} for key in keys],
            }
            for name, action, keys in (("hear", "receive", messages), ("tell", "send", ours))
        },
    }


def schema(kind: type[Any]) -> dict[str, Any]:
    """Describe a record as JSON Schema."""
    hints = get_type_hints(kind)
    properties = {field.name: _schema(hints[field.name]) for field in fields(kind)}
    if hasattr(kind, "type"):
        properties = {"type": {"const": kind.type}, **properties}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _schema(hint: Any) -> dict[str, Any]:
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _schema(get_args(hint)[0])}
    if get_origin(hint) is UnionType:
        return {"type": [SIMPLE[part] for part in get_args(hint)]}
    return schema(Word) if hint is Word else {"type": SIMPLE[hint]}


def _summary(kind: type[Any]) -> str:
    return (kind.__doc__ or "").partition("\n")[0]
