"""Writes what /openapi.json says of each operation, for `docs/tables.py`: as the page /docs, in Markdown."""

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app import create_app
from app.config import Config
from app.web.pages.api_docs import Group, Operation, groups


def operations() -> str:
    """Describe every operation under its tag."""
    return "\n".join(line for group in _groups() for line in _part(group)).rstrip()


def _groups() -> list[Group]:
    with tempfile.TemporaryDirectory() as folder:
        places = {f"{name}_dir": Path(folder) / name for name in ("uploads", "results", "models", "data")}
        logging.disable(logging.INFO)
        try:
            app = create_app(Config(_env_file=None, **places))
            return groups(app.test_client().get("/openapi.json").json)
        finally:
            logging.disable(logging.NOTSET)


def _part(group: Group) -> Iterator[str]:
    yield from (f"## {group.name}", "", group.description, "")
    for operation in group.operations:
        yield from (*_written(operation), "")


def _written(operation: Operation) -> Iterator[str]:
    yield from (f"### `{operation.method} {operation.path}`", "")
    sentences = (f"{operation.summary}.", operation.description, f"For clients: `{operation.id}`.")
    yield " ".join(sentence for sentence in sentences if sentence)
    yield ""
    if operation.content_types:
        yield from (f"Takes {' or '.join(f'`{kind}`' for kind in operation.content_types)}.", "")
    if operation.fields:
        yield from ("| Field | Kind | What it is |", "| --- | --- | --- |")
        for field in operation.fields:
            kind = field.kind.replace(" | ", ", ") + ("; needed" if field.required else "")
            yield f"| `{field.name}` | {kind} | {field.what} |"
        yield ""
    done = [f"{status}: {said}" for status, said in operation.answers.items() if status < "400"]
    failures = [status for status in operation.answers if status >= "400"]
    yield f"Answers {'; '.join(done).rstrip('.')}. Fails with {', '.join(failures)}."
