import pytest

from app.summarization.acts.responsible import Responsible
from app.summarization.cues.assignments import known_people
from app.summarization.cues.context import Context
from app.summarization.cues.speakers import Speakers
from app.summarization.sentences import Sentence


def responsible(language: str, *lines: str) -> tuple[Responsible, range]:
    said = [line.partition(": ") for line in lines]
    sentences = [Sentence(text, float(n), n, who or None) for n, (who, _, text) in enumerate(said)]
    people = known_people(sentences, language)
    read = Responsible(Context(sentences, language), Speakers(sentences, language), people)
    return read, range(len(lines))


@pytest.mark.parametrize(
    ("language", "lines", "who"),
    [
        ("en", ("Fay: Could you print the posters?", "Gil: Consider it printed."), "Gil"),
        ("en", ("Fay: We need posters.", "Gil: I'll print them."), "Gil"),
        ("ru", ("Фая: Егор, распечатай афиши.", "Егор: Угу."), "Егор"),
        ("ru", ("Фая: Кто распечатает?", "Егор: Ну я распечатаю."), "Егор"),
    ],
)
def test_who_is_called_accepts_or_promises_is_responsible(
    language: str, lines: tuple[str, ...], who: str
) -> None:
    read, span = responsible(language, *lines)
    assert read.who(span) == who


@pytest.mark.parametrize(
    ("language", "lines", "when"),
    [
        ("en", ("A: Posters by Friday, please.", "B: Monday, rather."), "by Friday"),
        ("en", ("A: Shall I print them? Wednesday?",), "Wednesday"),
        ("ru", ("А: Афиши когда?", "Б: Пятница."), "Пятница"),
        ("ru", ("А: Распечатаешь?", "Б: Да."), None),
    ],
)
def test_a_deadline_comes_before_a_day_that_is_only_named(
    language: str, lines: tuple[str, ...], when: str | None
) -> None:
    read, span = responsible(language, *lines)
    assert read.by_when(span) == when
