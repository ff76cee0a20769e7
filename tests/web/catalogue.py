"""Extract every message of the program and bring the new ones into the catalogue of each language.

Run as a module it rewrites the catalogues; what is new has an empty translation there.
"""

from pathlib import Path

import click
from apiflask.commands import spec_command
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from flask.cli import cli as flask

from app.cli.translated import help_texts
from app.command import konspekt
from app.documents.catalogues import CATALOGUES

TOP = Path(__file__).parents[2]
LANGUAGES = sorted(path.name for path in CATALOGUES.iterdir())
CLICK, PYTHON = str(Path(click.__file__).parent), [("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}


def messages() -> Catalog:
    """Return all messages that stand in the code and the templates."""
    catalogue = Catalog()
    for folder in ("app", "templates"):
        patterns = [("**.py", "python"), ("**.html", "jinja2")]
        found = extract_from_dir(str(TOP / folder), patterns, keywords=KEYWORDS)
        for _file, _line, message, _comments, _context in found:
            catalogue.add(message)
    for text in of_commands():
        catalogue.add(text)
    for _file, _line, message, _comments, _context in extract_from_dir(CLICK, PYTHON, keywords=KEYWORDS):
        catalogue.add(message)
    return catalogue


def of_commands() -> list[str]:
    """Return the help of all commands, Flask's and APIFlask's too."""
    return [*help_texts(konspekt), *help_texts(flask), *help_texts(spec_command)]


def path_of(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def translations(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> None:
    path, catalogue = path_of(language), translations(language)
    catalogue.update(messages(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    header = path.read_text("utf-8").split("\n\n", 1)[0]
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, no_location=True, sort_output=True, omit_header=True)
    path.write_text(header + "\n\n" + path.read_text("utf-8").lstrip(), "utf-8")
    untranslated = [message.id for message in catalogue if message.id and not message.string]
    print(f"{language}: {len(catalogue)} messages, to be translated: {untranslated or 'none'}")


if __name__ == "__main__":
    for language in LANGUAGES:
        update(language)
