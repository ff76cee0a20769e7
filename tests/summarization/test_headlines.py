import pytest

from app.summarization.headlines import headline


@pytest.mark.parametrize(
    ("text", "language", "named"),
    [
        ("По билетам.", "ru", "билетам"),
        ("Теперь оклад сторожа.", "ru", "оклад сторожа"),
        ("Второй кабинет.", "ru", "кабинет"),
        ("Согласна.", "ru", None),
        ("Ольга.", "ru", None),
        ("Кабинет закрываем.", "ru", None),
        ("Кошмар.", "ru", None),
        ("Это ровно половина.", "ru", None),
        ("Третья.", "ru", None),
        ("Hurrah.", "en", None),
        ("Fourth.", "en", None),
        ("The soup.", "en", "soup"),
        ("Next, Black Friday.", "en", "Black Friday"),
        ("That is all.", "en", None),
        ("Yeah, like smaller.", "en", None),
        ("Aaa aaa aaa.", "en", None),
        ("Thank you.", "en", None),
    ],
)
def test_a_short_sentence_without_a_verb_names_a_topic(text: str, language: str, named: str | None) -> None:
    assert headline(text, language) == named
