import pytest

from app.summarization import russian


@pytest.mark.parametrize(
    ("word", "case", "name"),
    [
        ("Ивану", "datv", "Иван"),
        ("Ивану", "nomn", None),
        ("ольга", None, "Ольга"),
        ("Петровой", None, "Петрова"),
        ("отчёт", None, None),
        ("роман", "datv", None),
    ],
)
def test_a_name_is_known_in_its_case_and_given_in_the_nominative(
    word: str, case: str | None, name: str | None
) -> None:
    assert russian.person(word, case) == name


def test_a_department_is_known_in_any_form() -> None:
    assert russian.department("бухгалтерии")
    assert russian.department("бухгалтерии", "datv")
    assert not russian.department("бухгалтерию", "nomn")
    assert not russian.department("столовой")


def test_nouns_and_adjectives_are_brought_to_the_nominative() -> None:
    assert russian.nominative("сметы") == "смета"
    assert russian.nominative("новому") in ("новый", "новое")
    assert russian.nominative("Быстро") == "быстро"


def test_what_a_form_may_be_is_asked_by_likelihood() -> None:
    assert russian.has("подготовит", "VERB", "futr", least=0.6)
    assert not russian.has("подготовил", "VERB", "futr")
    assert russian.lemma("подготовит") == "подготовить"
