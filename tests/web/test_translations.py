import pytest

from app.web.core.i18n import compile_catalogues
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


def test_catalogues_are_compiled_once_and_again_when_they_change(tmp_path) -> None:  # type: ignore[no-untyped-def]
    compile_catalogues(tmp_path)
    compiled = next(tmp_path.rglob("*.mo"))
    first = compiled.stat().st_mtime_ns
    compile_catalogues(tmp_path)
    assert compiled.stat().st_mtime_ns == first
