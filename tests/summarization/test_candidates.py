import pytest

from app.documents.transcript import Segment, Transcript
from app.summarization.candidates import candidates, speaks_of_oneself
from app.summarization.sentences import Sentence, split


def test_what_the_rules_heard_and_nobody_took_up_is_asked_about() -> None:
    said = [Sentence("The van could be sold in June?", 0.0, 0), Sentence("Weather is fine.", 1.0, 1)]
    assert candidates(said, frozenset(), "en") == []
    assert candidates(said, frozenset(), "en", unsure={0}) == [0]
    assert candidates(said, frozenset(), "en", unsure={0}, unlikely={0}) == []
    assert candidates(said, frozenset({0.0}), "en", unlikely={0}) == [0], "extraction has found it"


def proposed(language: str, *lines: str, sure: frozenset[float] = frozenset()) -> list[str]:
    segments = tuple(Segment(5.0 * n, 5.0 * n + 4, line) for n, line in enumerate(lines))
    sentences = split(Transcript(segments, language, "test", 5.0 * len(lines)))
    return [sentences[number].text for number in candidates(sentences, sure, language)]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ru", "Марина, тогда с тебя текст политики до среды."),
        ("ru", "Я могу съездить во вторник, мне по пути."),
        ("ru", "Столы перевозим, кресла покупаем новые."),
        ("ru", "Согласна, этот вариант оставляем."),
        ("ru", "Руслан, выставляй претензию."),
        ("ru", "Светлана Игоревна проверит договор."),
        ("en", "I'll pick her up tomorrow."),
        ("en", "Could you send the draft by Friday, please."),
        ("en", "Okay so we go with the large one."),
        ("en", "That was agreed last week."),
    ],
)
def test_what_may_decide_or_assign_is_proposed(language: str, line: str) -> None:
    assert proposed(language, line) == [line]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ru", "А почему именно там?"),
        ("ru", "Больше половины жалоб про опоздания в Новосибирске."),
        ("ru", "Да."),
        ("ru", "Всем доброе утро, давайте начнём."),
        ("ru", "Начнём с приложения."),
        ("en", "Okay, let's move on to the budget."),
        ("en", "What about the posters?"),
        ("en", "The poster looked rather blue."),
    ],
)
def test_questions_and_stories_are_not(language: str, line: str) -> None:
    assert proposed(language, line) == []


def test_where_extraction_has_found_something_the_line_is_asked_about() -> None:
    assert proposed("ru", "Больше половины жалоб про опоздания.", sure=frozenset((0.0,)))


def test_who_speaks_of_himself_is_known_by_the_verb() -> None:
    assert speaks_of_oneself("Сделаю к пятнице.")
    assert speaks_of_oneself("I'll do it.")
    assert not speaks_of_oneself("Марина, сделай к пятнице.")
    assert not speaks_of_oneself("You will do it.")
