import gettext
import os
import re
import shutil
from pathlib import Path

import pytest

from app.documents import catalogues
from app.documents.catalogues import compile_catalogues
from tests.web.catalogue import LANGUAGES, messages, translations


def _forms(string: object) -> list[str]:
    return [string] if isinstance(string, str) else list(string)  # type: ignore[call-overload]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_of_the_program_is_translated(language: str) -> None:
    known = {message.id: message for message in translations(language) if message.id}
    missing = [message.id for message in messages() if message.id and message.id not in known]
    untranslated = [message.id for message in known.values() if not all(_forms(message.string))]
    assert not missing, "run `make messages` and translate what is new"
    assert not untranslated


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_loses_a_value(language: str) -> None:
    for message in translations(language):
        if message.id:
            assert not list(message.check()), message.id


def test_no_template_filters_a_constant_by_the_language_of_whoever_comes_first() -> None:
    """Jinja works out `{{ "protocol"|form_name }}` once, when it compiles the template."""
    templates = sorted(Path("templates").glob("*.html"))
    folded = re.compile(r"""\{\{-?\s*("[^"]*"|'[^']*'|[\d.]+)\s*\|\s*(?!format\()""")
    assert len(templates) > 40
    assert not [path.name for path in templates if folded.search(path.read_text("utf-8"))]


def test_catalogues_are_compiled_once_and_again_when_they_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_program = catalogues.CATALOGUES
    monkeypatch.setattr(catalogues, "CATALOGUES", tmp_path / "program")
    shutil.copytree(of_program, catalogues.CATALOGUES)
    first = compile_catalogues(tmp_path / "compiled")
    written = next(first.rglob("*.mo"))
    at = written.stat().st_mtime_ns
    assert compile_catalogues(tmp_path / "compiled") == first
    assert written.stat().st_mtime_ns == at
    source = next(catalogues.CATALOGUES.rglob("*.po"))
    source.write_text(source.read_text("utf-8") + '\nmsgid "A new sentence"\nmsgstr "Новая фраза"\n', "utf-8")
    os.utime(source, (0, 0))  # an image keeps the times of the machine on which it was built
    with next(compile_catalogues(tmp_path / "compiled").rglob("*.mo")).open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("A new sentence") == "Новая фраза"
