import pytest

from app.summarization.cues.introductions import introduced


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Меня зовут Марина.", "Марина"),
        ("Добрый день, меня зовут Анна Сергеевна Иванова, я из бухгалтерии.", "Анна Сергеевна Иванова"),
        ("меня зовут марина", "Марина"),
        ("Я Иван, отвечаю за склад.", "Иван"),
        ("Я — Ольга Петрова.", "Ольга Петрова"),
        ("Алло, это Сергей.", "Сергей"),
        ("Всем привет, на связи Дмитрий!", "Дмитрий"),
        ("Моё имя Айгуль.", "Айгуль"),
    ],
)
def test_russian_speakers_give_their_name(text: str, name: str) -> None:
    assert introduced(text, "ru") == name


@pytest.mark.parametrize(
    "text",
    [
        "Я новый человек здесь.",
        "Я Москву люблю больше.",
        "Я Марину не видел.",
        "Я Марине отправил письмо.",
        "Это Марина сделала вчера.",
        "Это Марине и отдадим.",
        "Как говорит Иван, всё готово.",
        "Я Марина, что ли?",
        "Его зовут Сергей.",
    ],
)
def test_what_is_said_of_others_in_russian_is_no_introduction(text: str) -> None:
    assert introduced(text, "ru") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My name is John.", "John"),
        ("Hello, my name is Kamal and I lead the team.", "Kamal"),
        ("I am John.", "John"),
        ("Hi everyone, I'm Sarah Miller from marketing.", "Sarah Miller"),
        ("Good morning, this is David speaking.", "David"),
        ("Hi, John here.", "John"),
        ("my name is john", "John"),
    ],
)
def test_english_speakers_give_their_name(text: str, name: str) -> None:
    assert introduced(text, "en") == name


@pytest.mark.parametrize(
    "text",
    [
        "I'm Russian.",
        "I am John's manager.",
        "I'm going to ask John.",
        "This is Paul's idea.",
        "This is Mark we are talking about.",
        "His name is John.",
        "I'm mark that as done.",
        "I'm Will's brother.",
        "Am I John?",
    ],
)
def test_what_is_said_of_others_in_english_is_no_introduction(text: str) -> None:
    assert introduced(text, "en") is None


def test_other_languages_offer_nothing() -> None:
    assert introduced("Ich heiße Anna.", "de") is None
