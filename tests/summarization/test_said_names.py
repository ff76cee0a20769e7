import pytest

from app.documents.transcript import Segment, Transcript
from app.summarization.said_names import said_names

A, B, C = "Speaker 1", "Speaker 2", "Speaker 3"


def talk(language: str, *lines: tuple[str | None, str]) -> Transcript:
    segments = tuple(Segment(n * 3.0, n * 3.0 + 2.5, text, who) for n, (who, text) in enumerate(lines))
    return Transcript(segments, language, "an engine", 3.0 * len(lines))


def offered(language: str, *lines: tuple[str | None, str]) -> dict[str, str]:
    return {one.speaker: one.name for one in said_names(talk(language, *lines))}


def test_who_gives_his_own_name_is_offered_it_with_its_place() -> None:
    told = [(A, "Начнём."), (B, "Здравствуйте, меня зовут Марина."), (A, "Очень приятно.")]
    (one,) = said_names(talk("ru", *told))
    assert (one.speaker, one.name, one.start) == (B, "Марина", 3.0)
    assert one.text == "Здравствуйте, меня зовут Марина."


def test_who_is_asked_by_a_name_answers() -> None:
    told = [(A, "Марина, что с отчётом?"), (B, "Отчёт почти готов."), (A, "Отлично.")]
    assert offered("ru", *told) == {B: "Марина"}
    told = [(A, "Let's begin."), (A, "What about the report, Sarah?"), (B, "It is nearly done.")]
    assert offered("en", *told) == {B: "Sarah"}


def test_short_names_and_long_ones_are_one_person() -> None:
    told = [(A, "Паш, ты тут?"), (B, "Да."), (A, "Начнём с тебя, Павел."), (B, "Склад готов.")]
    assert set(offered("ru", *told)) == {B}


def test_who_is_thanked_has_spoken_before() -> None:
    told = [(B, "Склад готов."), (A, "Спасибо, Иван."), (C, "Теперь я."), (A, "Иван, вопрос?"), (B, "Да.")]
    assert offered("ru", *told) == {B: "Иван"}


def test_one_call_that_asks_nothing_is_not_enough() -> None:
    assert offered("en", (A, "Sarah, I have sent it."), (B, "We should begin.")) == {}


def test_nobody_is_offered_the_name_that_he_calls() -> None:
    told = [(A, "Я Марина."), (B, "Марина, точно?"), (A, "Да."), (B, "Марина, а сроки?"), (C, "Прежние.")]
    assert offered("ru", *told) == {A: "Марина"}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_where_two_voices_compete_for_a_name_none_has_it(language: str) -> None:
    call = {"ru": "Марина, вы тут?", "en": "Sarah, are you there?"}[language]
    assert offered(language, (A, call), (B, "Да."), (A, call), (C, "Да.")) == {}


def test_a_voice_that_has_a_name_and_a_name_that_has_a_voice_are_left_alone() -> None:
    told = [(A, "Меня зовут Марина."), ("Марина", "Меня зовут Ольга.")]
    assert offered("ru", *told) == {}


def test_where_nobody_is_told_apart_or_the_language_is_not_known_nothing_is_offered() -> None:
    assert offered("ru", (None, "Меня зовут Марина.")) == {}
    assert offered("de", (A, "Ich heiße Anna.")) == {}
    assert said_names(Transcript((), None, "", 0.0)) == ()


def test_hours_of_calls_come_to_one_name() -> None:
    lines = [((A, B)[n % 2], ("Марина, что дальше?", "Дальше склад.")[n % 2]) for n in range(3000)]
    assert offered("ru", *lines) == {B: "Марина"}
