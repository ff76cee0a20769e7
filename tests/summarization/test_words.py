import pytest

from app.summarization.words import content, script_language, stem, stop_words, tokens


def test_words_and_numbers_are_found_in_lower_case() -> None:
    assert tokens("Wi-Fi стоит 1 200,50 руб., don't ask at 10:30!") == [
        "wi-fi", "стоит", "1", "200,50", "руб", "don't", "ask", "at", "10:30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [("ru", "отчётами", "отчета"), ("en", "meetings", "meeting"), ("de", "häuser", "häusern")],
)
def test_forms_of_a_word_have_one_stem(language: str, one: str, other: str) -> None:
    assert stem(one, language) == stem(other, language)


def test_a_language_without_a_stemmer_keeps_its_words() -> None:
    assert stem("kuriaj", "ka") == "kuriaj"


def test_content_is_what_carries_meaning() -> None:
    assert content("And so we have got the budget, and it isn't ready.", "en") == [
        stem("budget", "en"), stem("ready", "en"),
    ]  # fmt: skip
    assert content("Ну вот и всё.", "ru") == []


def test_a_language_without_a_list_has_no_stop_words() -> None:
    assert stop_words("de") == frozenset()
    assert "the" in stop_words("en")


@pytest.mark.parametrize(
    ("texts", "said", "language"),
    [
        (["Добрый день"], None, "ru"),
        (["Good morning"], None, "en"),
        (["Обсудим API и Kubernetes cluster autoscaling policy"], None, "en"),
        (["Guten Tag"], "de", "de"),
        ([], None, "en"),
    ],
)
def test_the_language_to_work_in_is_the_transcripts_or_that_of_its_letters(
    texts: list[str], said: str | None, language: str
) -> None:
    assert script_language(texts, said) == language
