"""/docs: the API as a page, made of the same description that programs read at /openapi.json."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from apiflask import APIFlask
from flask import Blueprint, current_app, render_template

Json = dict[str, Any]

bp = Blueprint("api_docs", __name__)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request. kind: its type and its choices, as a reader would write them."""

    name: str
    kind: str
    what: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """An address with a method. fields: of path, query, header and body; answers: status -> when it comes."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    content_types: tuple[str, ...]
    fields: tuple[Field, ...]
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    description: str
    operations: tuple[Operation, ...]


@bp.get("/docs")
def page() -> str:
    return render_template("docs.html", groups=groups(cast(Json, cast(APIFlask, current_app).spec)))


def groups(spec: Json) -> list[Group]:
    """Put the operations of a description under their tags, in the order of the tags."""
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in spec["tags"]}
    for path, methods in sorted(spec["paths"].items()):
        for method, operation in methods.items():
            found[operation["tags"][0]].append(_operation(spec, method, path, operation))
    return [Group(tag["name"], tag["description"], tuple(found[tag["name"]])) for tag in spec["tags"]]


def _operation(spec: Json, method: str, path: str, operation: Json) -> Operation:
    body = operation.get("requestBody", {}).get("content", {})
    fields = [
        Field(one["name"], _kind(one["schema"]), one.get("description", ""), one.get("required", False))
        for one in operation["parameters"]
    ]
    seen = {field.name for field in fields}
    for content in body.values():
        fresh = [field for field in _fields(spec, content["schema"]) if field.name not in seen]
        fields += fresh
        seen |= {field.name for field in fresh}
    answers = {status: answer["description"] for status, answer in sorted(operation["responses"].items())}
    return Operation(
        operation["operationId"],
        method.upper(),
        path,
        operation["summary"],
        operation.get("description", ""),
        tuple(body),
        tuple(fields),
        answers,
    )


def _fields(spec: Json, schema: Json) -> Iterator[Field]:
    """Yield the fields of an object, those of objects within it as `input.item_id`."""
    if "$ref" in schema:
        yield from _fields(spec, spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for part in schema.get("allOf", ()):
        yield from _fields(spec, part)
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        inner = [
            Field(f"{name}.{one.name}", one.kind, one.what, one.required) for one in _fields(spec, field)
        ]
        yield from inner or [Field(name, _kind(field), field.get("description", ""), name in required)]


def _kind(schema: Json) -> str:
    """Write the type of a field: its choices where there are any."""
    if schema.get("enum"):
        return " | ".join(str(choice) for choice in schema["enum"] if choice is not None)
    if "contentMediaType" in schema or schema.get("format") == "binary":
        return "file"
    kinds = schema.get("type", "object")
    kind = " | ".join(kinds) if isinstance(kinds, list) else str(kinds)
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return kind.replace(" | null", "").replace("null | ", "")
