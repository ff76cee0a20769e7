"""Write the parts of the documents that come from the code: `python docs/tables.py`.

A part stands between `<!-- name -->` and `<!-- /name -->`. A test fails when the documents are behind.
"""

import ast
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

TOP = Path(__file__).parent.parent
sys.path.insert(0, str(TOP))

from marshmallow import missing  # noqa: E402

from app.config import Config  # noqa: E402  the path must be known first
from app.web.api.transcription_schema import TranscriptionForm  # noqa: E402
from docs.reference import operations  # noqa: E402


def default_of(name: str) -> str:
    """Write a default as it is written in a variable."""
    default = Config.model_fields[name].default
    if default is None or default in ((), ""):
        return ""
    if isinstance(default, tuple):
        return f"`{','.join(default)}`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def settings_en() -> str:
    """List every setting: variable, default, sentence."""
    rows = ["| Variable | Default | What it sets |", "| --- | --- | --- |"]
    for name, field in Config.model_fields.items():
        rows.append(f"| `KONSPEKT_{name.upper()}` | {default_of(name)} | {field.description} |")
    return "\n".join(rows)


def first_line(path: Path) -> str:
    """Return the first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def rooms(folder: Path, indent: str) -> Iterator[tuple[str, str]]:
    """Yield the packages within a folder, each followed by those within it, and their first lines."""
    for package in sorted(folder.iterdir()):
        if (package / "__init__.py").is_file():
            yield f"{indent}{package.name}/", first_line(package / "__init__.py")
            yield from rooms(package, indent + "  ")


def tree() -> str:
    """Draw the map: each room and the sentence that stands over its door."""
    rows = [("run.py", first_line(TOP / "run.py")), ("app/", first_line(TOP / "app/__init__.py"))]
    rows += [(f"  {p.name}", first_line(p)) for p in sorted((TOP / "app").glob("*.py")) if p.stem[0] != "_"]
    rows += rooms(TOP / "app", "  ")
    width = max(len(name) for name, _ in rows) + 2
    return "\n".join(("```", *(f"{name:<{width}}{sentence}".rstrip() for name, sentence in rows), "```"))


def fields() -> str:
    """List the fields of the form that OpenAI's clients send."""
    rows = ["| Field | Default | What it is |", "| --- | --- | --- |"]
    for field in TranscriptionForm().fields.values():
        default = "" if field.load_default in (missing, list) else f"`{json.dumps(field.load_default)}`"
        sentence = field.metadata.get("description", "")
        kinds = [choice for check in field.validators for choice in getattr(check, "choices", ())]
        rows.append(f"| `{field.data_key or field.name}` | {default} | {sentence or ', '.join(kinds)} |")
    return "\n".join(rows)


PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "README.md": {"settings": settings_en, "map": tree},
    "README.ru.md": {"map": tree},
    "docs/api.md": {"fields": fields},
    "docs/reference.md": {"operations": operations},
}


def renewed(document: str, text: str) -> str:
    """Return the document's text with its parts as the code is now."""
    for name, write in PARTS[document].items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        assert pattern.search(text), f"{document} has no part {name}"
        text = pattern.sub(lambda found, write=write: f"{found[1]}{write()}\n{found[2]}", text)
    return text


def main() -> None:
    for document in PARTS:
        path = TOP / document
        path.write_text(renewed(document, path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
