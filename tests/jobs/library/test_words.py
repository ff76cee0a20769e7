"""Words as search compares them."""

import pytest

from app.jobs.library.words import MOST_CHARACTERS, MOST_TERMS, excerpt, marked, stems, terms

SAID = "Решили утвердить бюджеты сайта (e-mail Анне), ёлка в 2026 году; we rented offices."


def found(text: str, asked: str, prefix: bool = False) -> list[str]:
    return [piece.text for piece in marked(text, terms(asked, prefix)) if piece.found]


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ("бюджетом", ["бюджеты"]),
        ("ЕЛКИ", ["ёлка"]),
        ("office", ["offices"]),
        ("анна 2026", ["Анне", "2026"]),
        ("e-mail", ["e-mail"]),
        ("«утвердили бюджет»", ["утвердить бюджеты"]),
        ('"бюджет утвердили"', []),
        ("сай", []),
        ("сай*", ["сайта"]),
        ("бюдж утв", []),
    ],
)
def test_words_are_found_in_every_form(asked: str, what: list[str]) -> None:
    assert found(SAID, asked) == what


def test_beginnings_of_words_are_found_where_they_are_asked_for() -> None:
    assert found(SAID, "бюдж утв", prefix=True) == ["утвердить", "бюджеты"]


@pytest.mark.parametrize("asked", ["", " ", '"', "* * *", "«»", "-", "\0", "'; DROP TABLE jobs"])
def test_signs_alone_ask_for_nothing(asked: str) -> None:
    assert all(stem.isalnum() for term in terms(asked) for stem in term.stems)


def test_a_question_of_any_length_is_bounded() -> None:
    assert len(terms(" ".join(f"w{n}" for n in range(10_000)))) == MOST_TERMS
    assert len(terms("x" * 10_000)[0].stems[0]) <= MOST_CHARACTERS


def test_a_marked_text_is_the_same_text() -> None:
    for asked in ("бюджет", "решили году", "offices", "нет"):
        assert "".join(piece.text for piece in marked(SAID, terms(asked))) == SAID


def test_signs_without_spaces_between_them_are_words() -> None:
    assert stems("会議の予算") == "会 議 の 予 算"
    assert found("会議の予算", "予算") == ["予算"]


def test_an_excerpt_of_a_long_text_has_what_was_found_in_it() -> None:
    long = "слово " * 300 + "бюджет " + "дело " * 300
    pieces = excerpt(long, terms("бюджета"))
    text = "".join(piece.text for piece in pieces)
    assert [piece.text for piece in pieces if piece.found] == ["бюджет"]
    assert len(text) < 300
    assert (text[0], text[-1]) == ("…", "…")
    assert "".join(piece.text for piece in excerpt("бюджет", terms("бюджет"))) == "бюджет"
