import pytest

from app.summarization.cues.deadlines import by_when, hour_named


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Иван подготовит отчёт до пятницы", "до пятницы"),
        ("к 15 мая надо сдать", "к 15 мая"),
        ("срок исполнения до конца недели", "до конца недели"),
        ("Срок — пятница.", "пятница"),
        ("до двадцать пятого мая", "до двадцать пятого мая"),
        ("сделаем через две недели", "через две недели"),
        ("в течение трёх дней", "в течение трёх дней"),
        ("в понедельник утром пришлю", "в понедельник утром"),
        ("не позднее 3 июня 2026 года", "не позднее 3 июня 2026 года"),
        ("завтра до обеда пришлю", "завтра до обеда"),
        ("на следующей неделе", "на следующей неделе"),
        ("скидка до 15 процентов", None),
        ("от пяти до десяти человек", None),
        ("в среднем пять человек", None),
        ("вышел срок", None),
    ],
)
def test_russian_deadlines_are_given_in_the_speakers_words(text: str, expected: str | None) -> None:
    assert by_when(text, "ru") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("send it by Friday", "by Friday"),
        ("by the end of the month please", "by the end of the month"),
        ("by May fifteenth", "by May fifteenth"),
        ("before the 3rd of June", "before the 3rd of June"),
        ("the deadline is next Tuesday", "next Tuesday"),
        ("it is due on Friday", "Friday"),
        ("within two weeks", "within two weeks"),
        ("tomorrow morning", "tomorrow morning"),
        ("no later than 15 May", "no later than 15 May"),
        ("by close of business tomorrow", "by close of business tomorrow"),
        ("I like the third option", None),
        ("it may take five people", None),
        ("by the way", None),
    ],
)
def test_english_deadlines_are_given_in_the_speakers_words(text: str, expected: str | None) -> None:
    assert by_when(text, "en") == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ru", "Куплю к субботнику, только цвет скажите.", "к субботнику"),
        ("ru", "Разберу до выходных.", "до выходных"),
        ("ru", "Сделаю к началу сезона.", "к началу сезона"),
        ("ru", "Подойду к выходу.", None),
        ("en", "I'll print them before the show.", "before the show"),
        ("en", "You'll have it by the next meeting.", "by the next meeting"),
        ("en", "I put it by the door.", None),
    ],
)
def test_an_occasion_is_a_deadline_of_what_is_to_be_done(
    language: str, text: str, expected: str | None
) -> None:
    assert hour_named(text, language) == expected
