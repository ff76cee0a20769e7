"""Every command that the program or its documents advise names weights that can be fetched."""

import re
from pathlib import Path

from app.engines.weights.catalogue import CATALOGUE, find

TOP = Path(__file__).parents[3]
WEIGHTS = TOP / "app" / "engines" / "weights"
COMMAND = re.compile(r"models\s+fetch\s+([\w.%-]+)")


def test_messages_take_the_command_from_the_catalogue() -> None:
    written = [
        path
        for folder, ending in (("app", "*.py"), ("app", "*.po"), ("templates", "*.html"), ("static", "*.js"))
        for path in (TOP / folder).rglob(ending)
        if COMMAND.search(path.read_text(encoding="utf-8")) and WEIGHTS not in path.parents
    ]
    assert written == []


def test_the_catalogue_advises_what_it_has() -> None:
    assert [weights.command for weights in CATALOGUE.values()] == [
        f"flask models fetch {name}" for name in CATALOGUE
    ]


def test_documents_name_weights_that_there_are() -> None:
    named = [
        name
        for path in (*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md"))
        for said in COMMAND.findall(path.read_text(encoding="utf-8"))
        if (name := said.rstrip(".")) != "NAME"
    ]
    assert len(named) > 3
    for name in named:
        find(name)  # raises NotFound
