import pytest

from app.summarization.cues.words_ru import infinitive, promises, who


@pytest.mark.parametrize(
    ("text", "case", "found"),
    [
        ("Ивану Петрову нужно", "datv", "Иван Петров"),
        ("Отдел продаж оплатит", "nomn", "Отдел продаж"),
        ("бухгалтерия оплатит", None, "Бухгалтерия"),
        ("отчёт готов", None, None),
        ("Ивану нужно", "nomn", None),
        ("5 человек", None, None),
    ],
)
def test_who_stands_at_a_place_is_given_in_the_nominative(
    text: str, case: str | None, found: str | None
) -> None:
    assert who(text.split(), 0, case) == found


@pytest.mark.parametrize(
    ("text", "place", "firm", "promised"),
    [
        ("Иван подготовит отчёт", 1, False, True),
        ("Иван не подготовит отчёт", 2, False, False),
        ("Иван будет готовить отчёт", 1, False, True),
        ("Иван будет дома", 1, False, False),
        ("Иван готовит отчёт", 1, False, False),
        ("Иван готовит отчёт", 1, True, True),
        ("Иван придёт завтра", 1, True, False),
    ],
)
def test_a_verb_of_work_in_the_future_promises(text: str, place: int, firm: bool, promised: bool) -> None:
    assert promises(text.split(), place, "3per", firm=firm) is promised


def test_work_is_named_by_an_infinitive_nearby() -> None:
    assert infinitive("Ивану нужно подготовить отчёт".split(), 0)
    assert not infinitive("Ивану нужно быть дома".split(), 0)
