"""What /openapi.json says beside the schemas: tags, keys, every failure that an address can answer. Pure."""

from collections.abc import Iterator
from typing import Any

from app.web.api.operation_ids import OPERATION_IDS
from app.web.api.uploads_openapi import ALSO_FAIL, upload_paths

Json = dict[str, Any]

DESCRIPTION = (
    "Recorded meetings become their minutes on one's own machine. Every field that is not named here is taken"
    " and ignored; messages of failures are in the language of `Accept-Language`, English or Russian."
)
TAGS = {
    "Jobs": "Recordings go into a queue that survives a restart, and leave their documents.",
    "OpenAI": "OpenAI's audio API: its clients work unchanged. The answer comes when the work is done.",
    "Deepgram": "Deepgram's API for what is recorded: its clients work unchanged.",
    "Clips": "Short videos of chosen stretches.",
    "Repair": "Damaged recordings are mended.",
    "Live": "Live streams that were kept for the program that spoke into them.",
    "Server": "What the server works on, for its administrators.",
    "Vectors": "Vectors of the sound of recordings.",
    "Service": "Cleaning and transcription of the recordings of a bucket, for other systems.",
}
KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key of `flask keys add NAME`. Where there was never a key, none is asked for.",
}
VISITOR = {
    "type": "apiKey",
    "in": "cookie",
    "name": "session",
    "description": "The cookie of the browser that sent the recordings.",
}
WITH_COOKIE = {"/api/similar"}

FAILURES = {
    400: "A field is wrong; the message says which.",
    401: "There are keys, and no valid one was sent.",
    403: "The key may only read, or another site's page asks.",
    404: "It is unknown, deleted, or somebody else's.",
    408: "The body did not come in time.",
    409: "This is not possible in the present state, or was asked for in another way before.",
    412: "Somebody has changed it meanwhile; read it again.",
    413: "Over the limit on bytes or duration.",
    415: "The body has a content type that is not taken here.",
    422: "What was sent cannot be used; the message says why.",
    429: "Too much at once; come back after `Retry-After` seconds.",
    500: "A bug of the server, or a broken engine; `incident` stands in its log.",
    503: "Too much at once, or something is missing; with `Retry-After`, come back then.",
    507: "The disk of the server is full.",
}
ALWAYS = (401, 403, 429, 500, 503)
OF_QUERIES = (400, 422)
OF_BODIES = (400, 408, 413, 415, 422, 507)

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457. `detail` is for people, `code` for programs.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": NUMBER,
        "detail": TEXT,
        "code": TEXT,
        "retry_after_s": NUMBER,
        "incident": TEXT,
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"field": TEXT, "detail": TEXT}},
        },
    },
}
FAILURE: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "code"],
            "properties": {"message": TEXT, "code": TEXT, "retry_after_s": NUMBER, "incident": TEXT},
        }
    },
}
OPENAI_FAILURE: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": TEXT,
                "type": {"type": "string", "enum": ["invalid_request_error", "server_error"]},
                "param": {"type": ["string", "null"]},
                "code": TEXT,
            },
        }
    },
}
DEEPGRAM_FAILURE: Json = {
    "type": "object",
    "required": ["err_code", "err_msg", "request_id"],
    "properties": {"err_code": TEXT, "err_msg": TEXT, "request_id": TEXT},
}
LISTEN_BODY: Json = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "object", "required": ["url"], "properties": {"url": TEXT}},
            "example": {"url": "https://example.org/meeting.mp3"},
        },
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    },
}
RETRY_AFTER: Json = {"description": "Seconds.", "schema": NUMBER}
IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same request again with it gives the same job.",
    "schema": {"type": "string", "maxLength": 255},
}
IF_MATCH: Json = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the version that is corrected.",
    "schema": TEXT,
}
CHANGE: Json = {
    "type": "object",
    "properties": {
        "lines": {
            "type": "object",
            "description": "By their keys; null: deleted.",
            "additionalProperties": {
                "type": ["object", "null"],
                "required": ["start", "end", "text"],
                "properties": {
                    "start": {"type": "number"},
                    "end": {"type": "number"},
                    "text": TEXT,
                    "speaker": {"type": ["string", "null"]},
                },
            },
        },
        "minutes": {"type": ["object", "null"], "description": "All of them, as GET has them."},
        "drop_minutes": {"type": "boolean", "description": "Back to those that the program has written."},
    },
    "required": ["lines"],
}
REPLAYED: Json = {"description": "true: the job was there before.", "schema": TEXT}


def described(spec: Json | str) -> Json | str:
    """Complete what is made of the views: APIFlask's hook for it."""
    assert isinstance(spec, dict)
    spec["info"]["description"] = DESCRIPTION
    spec["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    spec["servers"] = [{"url": "/"}]
    spec["tags"] = [{"name": name, "description": description} for name, description in TAGS.items()]
    components = spec["components"]
    components["securitySchemes"] = {"key": KEY, "visitor": VISITOR}
    components["schemas"] |= {"Problem": PROBLEM, "Failure": FAILURE, "OpenAIFailure": OPENAI_FAILURE}
    components["schemas"]["DeepgramFailure"] = DEEPGRAM_FAILURE
    for unused in ("ValidationError", "HTTPError"):
        components["schemas"].pop(unused, None)
    spec["paths"] |= upload_paths()
    _describe_bodies(spec["paths"])
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            operation["operationId"] = OPERATION_IDS.get(name) or operation["operationId"]
            operation["security"] = [{"visitor": []}] if path in WITH_COOKIE else [{"key": []}]
            for status in _failures(path, method, operation):
                _add_failure(path, operation["responses"], status)
            if method == "head":  # whose answers have no body
                for answer in operation["responses"].values():
                    answer.pop("content", None)
    return spec


def _failures(path: str, method: str, operation: Json) -> Iterator[int]:
    """Yield the statuses of all failures that an address can answer."""
    yield from (status for status in ALWAYS if path not in WITH_COOKIE or status != 401)
    if "requestBody" in operation:
        yield from OF_BODIES
    if any(parameter["in"] == "query" for parameter in operation["parameters"]):
        yield from OF_QUERIES
    if "{" in path or path in WITH_COOKIE:
        yield 404
    yield from ALSO_FAIL.get(f"{method.upper()} {path}", ())
    if method == "patch" and not path.startswith("/api/v1/uploads"):  # whose 412 is of tus
        yield 412
    if not path.startswith("/v1/") and (method == "post" or path.endswith("/documents/{kind}")):
        yield 409


def _add_failure(path: str, responses: Json, status: int) -> None:
    known = responses.get(str(status), {}).get("description", "")
    kind, schema = "application/json", "Failure"
    if path.startswith("/api/v1/"):
        kind, schema = "application/problem+json", "Problem"
    elif path == "/v1/listen":
        schema = "DeepgramFailure"
    elif path.startswith("/v1/"):
        schema = "OpenAIFailure"
    responses[str(status)] = {
        "description": FAILURES[status] if known in ("", "Validation error", "Not found") else known,
        "content": {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        **({"headers": {"Retry-After": RETRY_AFTER}} if status in (429, 503) else {}),
    }


def _describe_bodies(paths: Json) -> None:
    """Say where a file is sent in a form, what else may be sent as JSON, and what views read themselves."""
    corrected = paths["/api/v1/jobs/{job_id}/transcript"]["patch"]
    corrected["parameters"].append(IF_MATCH)
    corrected["requestBody"] = {"required": True, "content": {"application/json": {"schema": CHANGE}}}
    paths["/v1/listen"]["post"]["requestBody"] = LISTEN_BODY
    content = paths["/encode_audio"]["post"]["requestBody"]["content"]
    content["application/json"] = content["multipart/form-data"]
    create = paths["/api/v1/jobs"]["post"]
    create["parameters"].append(IDEMPOTENCY_KEY)
    create["responses"]["202"]["headers"] = {
        "Location": {"description": "Where to ask how far it is.", "schema": TEXT},
        "Idempotency-Replayed": REPLAYED,
    }
    reference = create["requestBody"]["content"]["application/json"]["schema"]
    file = {"type": "string", "format": "binary"}  # as marshmallow's plugin writes it: generators know it
    create["requestBody"] = {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"allOf": [reference, {"type": "object", "properties": {"file": file}}]}
            },
            "application/json": {
                "schema": reference,
                "example": {"url": "https://example.org/meeting.mp4", "language": "ru", "diarize": True},
            },
        },
    }
