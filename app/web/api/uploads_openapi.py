"""What /openapi.json says of recordings in pieces, whose views declare no headers of tus 1.0. Pure."""

from typing import Any

Json = dict[str, Any]

TEXT, NUMBER = {"type": "string"}, {"type": "integer", "minimum": 0}
VERSION: Json = {"type": "string", "enum": ["1.0.0"]}


def _asked(name: str, schema: Json, what: str, required: bool = True, example: str | int = "1.0.0") -> Json:
    return {
        "name": name, "in": "header", "required": required, "description": what, "schema": schema,
        "example": example,
    }  # fmt: skip


RESUMABLE = _asked("Tus-Resumable", VERSION, "The version of tus that is spoken.")
OFFSET = _asked("Upload-Offset", NUMBER, "How much has arrived: where the piece begins.", example=1048576)
LENGTH = _asked("Upload-Length", NUMBER, "Bytes of the whole file.", example=73400320)
METADATA = _asked(
    "Upload-Metadata", TEXT, "`filename` and its name in base64.", required=False,
    example="filename bWVldGluZy5tcDM=",
)  # fmt: skip
ID: Json = {"name": "upload_id", "in": "path", "required": True, "schema": TEXT}

ANSWERED: Json = {"Tus-Resumable": {"description": "Always.", "schema": VERSION}}
PLACED: Json = ANSWERED | {
    "Upload-Offset": {"description": "How much has arrived.", "schema": NUMBER},
    "Upload-Length": {"description": "Bytes of the whole file.", "schema": NUMBER},
    "Upload-Expires": {"description": "When it is forgotten, as HTTP writes dates.", "schema": TEXT},
}
BEGUN: Json = PLACED | {"Location": {"description": "Where its pieces are sent to.", "schema": TEXT}}
ABILITIES: Json = ANSWERED | {
    "Tus-Version": {"description": "Every version that is spoken.", "schema": TEXT},
    "Tus-Extension": {"description": "creation, termination and expiration.", "schema": TEXT},
    "Tus-Max-Size": {"description": "Bytes that a file may have.", "schema": NUMBER},
}
OTHER_VERSION: Json = {
    "description": "`Tus-Resumable` is missing, or names a version that is not spoken; nothing was done.",
    "headers": {"Tus-Version": {"description": "Every version that is spoken.", "schema": TEXT}},
}
PIECE: Json = {
    "required": True,
    "content": {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


def _operation(summary: str, parameters: list[Json], status: str, done: str, headers: Json) -> Json:
    return {
        "tags": ["Jobs"],
        "summary": summary,
        "parameters": parameters,
        "responses": {status: {"description": done, "headers": headers}, "412": OTHER_VERSION},
    }


def upload_paths() -> Json:
    """Describe the two addresses anew: what completes the description writes into it."""
    abilities = _operation("Say what is understood here of tus", [], "204", "In headers.", ABILITIES)
    del abilities["responses"]["412"]
    create = _operation(
        "Begin a recording that comes in pieces", [RESUMABLE, LENGTH, METADATA], "201", "It may come.", BEGUN
    )
    create["description"] = "By tus 1.0. Its last piece sent, `upload` of a new job names it."
    append = _operation(
        "Send a piece of a recording", [ID, RESUMABLE, OFFSET], "204", "The piece has arrived.", PLACED
    )
    append["requestBody"] = PIECE
    append["responses"]["409"] = {"description": "The piece does not begin where the last one has ended."}
    return {
        "/api/v1/uploads": {"options": abilities, "post": create},
        "/api/v1/uploads/{upload_id}": {
            "head": _operation(
                "Say how much of a recording has arrived", [ID, RESUMABLE], "200", "In headers.", PLACED
            ),
            "patch": append,
            "delete": _operation(
                "Forget a recording in pieces", [ID, RESUMABLE], "204", "It is gone.", ANSWERED
            ),
        },
    }


ALSO_FAIL = {"POST /api/v1/uploads": (413, 422, 507)}
