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


@pytest.mark.parametrize(
    ("language", "lines", "when"),
    [
        ("ru", ("А: Костя, закажи лезвия.", "Костя: Закажу, в субботу."), "в субботу"),
        ("en", ("A: Could you print the posters?", "B: I'll print them by Friday."), "by Friday"),
        ("en", ("A: I'd like posters.", "B: The dentist called on Friday."), None),
    ],
)
def test_a_deadline_may_stand_in_the_promise_after_an_item(
    language: str, lines: tuple[str, ...], when: str | None
) -> None:
    read, _ = responsible(language, *lines)
    assert read.by_when([0]) == when
    assert read.by_when([0], others=[1]) is None


def test_an_hour_and_the_next_meeting_are_deadlines_of_what_is_an_item_already() -> None:
    for language, text, when in (
        ("en", "A: You'll have the interview by six.", "by six"),
        ("en", "A: I'll report at the next meeting.", "at the next meeting"),
        ("ru", "А: Предупреди диспетчерскую, к десяти чтобы знали.", "к десяти"),
        ("ru", "А: Отправлю заявку к десяти складам.", None),
    ):
        read, span = responsible(language, text)
        assert read.by_when(span) == when, text


@pytest.mark.parametrize(
    ("language", "lines", "who"),
    [
        ("en", ("Jodie, the website needs changing, would you?",), "Jodie"),
        ("en", ("raj would you order more", "i'll do it with the gloves"), "Raj"),
        ("en", ("Honestly, could you order more?",), None),
        ("ru", ("Валентина Ивановна, пройдёте по квартирам?", "Пройду."), "Валентина Ивановна"),
    ],
)
def test_without_labels_who_was_called_in_the_request_is_responsible(
    language: str, lines: tuple[str, ...], who: str | None
) -> None:
    read, span = responsible(language, *(f": {line}" for line in lines))
    assert read.called_at(span[-1]) == who


def test_a_promise_in_the_words_of_the_request_goes_on_with_it_and_another_thing_does_not() -> None:
    read, _ = responsible("ru", "А: Витя, узнай цену щебня.", "Витя: Завтра съезжу на карьер, узнаю.")
    assert read.continues(0, 1)
    read, _ = responsible("ru", "А: Витя, узнай цену щебня.", "Б: Крышу в субботу перекроем с братом вдвоём.")
    assert not read.continues(0, 1)
