"""The choice of the language that is spoken, as the upload form offers it."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.engines.choosing.hearing import Hearing
from app.errors import BadInput
from app.web.core import languages
from app.web.core.context import konspekt


@pytest.fixture
def choices(make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str]]:
    """Give the choices of a page in a language, where an engine hears some languages or (None) any."""
    app = make_app()

    def ask(page: str, heard: frozenset[str] | None) -> dict[str, str]:
        monkeypatch.setattr(konspekt(app).engines, "hearing", lambda: Hearing("an engine", heard))
        with app.test_request_context(headers={"Accept-Language": page}):
            found = languages.choices()
        assert len(dict(found)) == len(found), "each once"
        return dict(found)

    return ask


def test_any_language_is_offered_where_any_is_heard_russian_and_english_first(
    choices: Callable[..., dict[str, str]],
) -> None:
    offered = choices("ru", None)
    assert [*offered][:3] == ["auto", "ru", "en"]
    assert [*choices("en", None)][:3] == ["auto", "en", "ru"]
    assert set(languages.COMMON) <= set(offered)
    assert offered["uk"] == "Украинский"
    names = [name.casefold() for name in [*offered.values()][3:]]
    assert names == sorted(names)


def test_a_language_that_nobody_hears_says_what_it_needs(choices: Callable[..., dict[str, str]]) -> None:
    offered = choices("en", frozenset({"en"}))
    assert offered == {
        "auto": "Detect automatically",
        "en": "English",
        "ru": "Russian (needs Whisper)",
    }


@pytest.mark.parametrize(
    ("written", "code"),
    [("auto", "auto"), ("ru", "ru"), ("haw", "haw"), ("", "auto"), ("Russian", "ru"), ("pt_BR", "pt")],
)
def test_a_language_is_taken_by_any_usual_name(written: str, code: str) -> None:
    assert languages.chosen(written) == code


@pytest.mark.parametrize("code", ["xx", "rusian", "../ru", "e n"])
def test_an_unknown_code_is_refused(code: str) -> None:
    with pytest.raises(BadInput, match="Unknown language"):
        languages.chosen(code)
