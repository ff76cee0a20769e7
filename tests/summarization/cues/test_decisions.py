import pytest

from app.summarization.cues.decisions import decisions
from app.summarization.sentences import Sentence


def sentences(*texts: str) -> list[Sentence]:
    """Cut "Anna: text" into who speaks and what is said."""
    return [
        Sentence(text.split(": ", 1)[-1], float(i), i, text.split(": ", 1)[0] if ": " in text else None)
        for i, text in enumerate(texts)
    ]


def decided(language: str, *texts: str) -> list[str]:
    return [one.text for one in decisions(sentences(*texts), language) if one.sure]


DECIDED = {
    "ru": [
        "Решили закупить десять новых ноутбуков.",
        "Значит, договорились, встречаемся каждую среду.",
        "Принято решение закрыть филиал в Твери.",
        "Утвердили план работ на июнь.",
        "Единогласно одобрили новый устав.",
        "Тогда останавливаемся на втором варианте.",
        "Бюджет согласован в размере двух миллионов.",
        "Так и запишем, отпуск с первого августа.",
        "решили перенести встречу на вторник",
    ],
    "en": [
        "We decided to buy ten new laptops.",
        "It was agreed that the office closes on Fridays.",
        "The budget was unanimously approved.",
        "Okay, let's go with the blue logo.",
        "We've settled on the second vendor.",
        "The motion carries.  The fee stays the same.",
        "so we agreed to meet every wednesday",
    ],
}
NOT_DECIDED = {
    "ru": [
        "Мы ещё не решили, что делать с филиалом.",
        "Что мы решили по ноутбукам?",
        "Пока не договорились о цене.",
        "Надо решить вопрос с парковкой.",
        "Если решим закрыть филиал, скажем.",
        "Проблему с принтером решили.",
        "В прошлый раз мы решили подождать.",
        "На работу приняли двух человек.",
        "Решительно ничего не понимаю.",
    ],
    "en": [
        "We haven't decided about the laptops yet.",
        "What have we decided?",
        "We need to decide on a date.",
        "I agreed with him at first.",
        "Nobody agreed on the price.",
        "Last time we decided to wait.",
        "If we decided to close it, people would leave.",
        "We didn't really agree on the vendor.",
    ],
}


@pytest.mark.parametrize(
    ("language", "text"), [(lang, text) for lang, texts in DECIDED.items() for text in texts]
)
def test_a_decision_is_known_by_its_words(language: str, text: str) -> None:
    assert decided(language, text) == [text]


@pytest.mark.parametrize(
    ("language", "text"), [(la, text) for la, texts in NOT_DECIDED.items() for text in texts]
)
def test_what_is_asked_denied_remembered_or_solved_is_no_decision(language: str, text: str) -> None:
    assert decided(language, text) == []


def test_a_bare_decision_brings_the_sentence_before_it() -> None:
    [found] = decisions(sentences("Предлагаю купить два принтера.", "Решено."), "ru")
    assert found.text == "Предлагаю купить два принтера. Решено."
    assert found.sentence.start == 0.0


@pytest.mark.parametrize(
    ("language", "texts", "expected"),
    [
        (
            "ru",
            ("А: Предлагаю закрыть склад.", "Б: Кто за?", "А: Пятеро за, один против."),
            ["Предлагаю закрыть склад. Кто за? Пятеро за, один против."],
        ),
        ("ru", ("А: Может, закроем склад на месяц?", "Б: Поддерживаю."), ["Может, закроем склад на месяц?"]),
        ("ru", ("А: Склад закрываем на месяц.", "Б: Согласна."), ["Склад закрываем на месяц."]),
        ("ru", ("А: Может, закроем склад на месяц?", "Б: Нет, рано."), []),
        ("ru", ("А: Купим вертолёт на всех.", "Б: Отлично.", "А: Шучу."), []),
        ("en", ("A: I suggest we close the shop on Mondays.", "B: Agreed."), None),
        ("en", ("A: Should we close the shop on Mondays?", "B: Absolutely not."), []),
        (
            "en",
            ("A: Let's close the shop on Mondays.", "B: Works for me."),
            ["Let's close the shop on Mondays."],
        ),
        ("en", ("A: Now we're moving on to the budget.", "B: Okay."), []),
        ("en", ("A: If we sell the shop we can rest.", "B: Yes."), []),
        ("en", ("A: They decided to close the road.", "B: Oh no."), []),
    ],
)
def test_a_plan_is_a_decision_when_somebody_takes_it_up(
    language: str, texts: tuple[str, ...], expected: list[str] | None
) -> None:
    found = decided(language, *texts)
    assert found == expected if expected is not None else len(found) == 1


def test_a_plan_that_nobody_takes_up_is_offered_as_unsure() -> None:
    [found] = decisions(sentences("А: Склад на Лесной закроем.", "Б: Погода сегодня отличная."), "ru")
    assert not found.sure
