"""Extract every message of the program and bring the new ones into the Russian catalogue.

Run as a module it rewrites the catalogue; what is new has an empty translation there.
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

TOP = Path(__file__).parents[2]
RUSSIAN = TOP / "app/web/translations/ru/LC_MESSAGES/messages.po"
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}


def messages() -> Catalog:
    """Return all messages that stand in the code and the templates."""
    catalogue = Catalog()
    for folder in ("app", "templates"):
        patterns = [("**.py", "python"), ("**.html", "jinja2")]
        found = extract_from_dir(str(TOP / folder), patterns, keywords=KEYWORDS)
        for _file, _line, message, _comments, _context in found:
            catalogue.add(message)
    return catalogue


def russian() -> Catalog:
    with RUSSIAN.open("rb") as file:
        return read_po(file, locale="ru")


def main() -> None:
    catalogue = russian()
    catalogue.update(messages(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    header = RUSSIAN.read_text("utf-8").split("\n\n", 1)[0]
    with RUSSIAN.open("wb") as file:
        write_po(file, catalogue, width=110, no_location=True, sort_output=True, omit_header=True)
    RUSSIAN.write_text(header + "\n\n" + RUSSIAN.read_text("utf-8").lstrip(), "utf-8")
    untranslated = [message.id for message in catalogue if message.id and not message.string]
    print(f"{len(catalogue)} messages, to be translated: {untranslated or 'none'}")


if __name__ == "__main__":
    main()
