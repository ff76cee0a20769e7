import pytest

from app.documents.transcript import Segment, Transcript
from app.summarization.sentences import split, tidy


def transcript(*segments: Segment) -> Transcript:
    return Transcript(segments, "ru", "test", 100)


def test_a_sentence_over_two_segments_starts_with_the_first() -> None:
    said = split(
        transcript(Segment(0, 2, "Иван подготовит отчёт"), Segment(2.1, 4, "до пятницы. Мария поможет."))
    )
    assert [(s.text, s.start, s.segment) for s in said] == [
        ("Иван подготовит отчёт до пятницы.", 0, 0),
        ("Мария поможет.", 2.1, 1),
    ]


def test_a_segment_of_two_sentences_is_two() -> None:
    said = split(transcript(Segment(3, 6, "Смета на 2,5 млн руб. готова. Начинаем в 10:00.")))
    assert [(s.text, s.start) for s in said] == [
        ("Смета на 2,5 млн руб. готова.", 3),
        ("Начинаем в 10:00.", 3),
    ]


def test_another_speaker_or_a_pause_ends_a_sentence() -> None:
    said = split(
        transcript(
            Segment(0, 1, "Я бы хотел", "А"),
            Segment(1, 2, "Подождите.", "Б"),
            Segment(2, 3, "сказать", "Б"),
            Segment(9, 10, "одно.", "Б"),
        )
    )
    assert [s.text for s in said] == ["Я бы хотел", "Подождите.", "сказать", "одно."]


def test_without_punctuation_each_segment_is_a_sentence() -> None:
    said = split(
        transcript(
            Segment(0, 2, "всем привет"), Segment(2, 4, "начинаем созвон"), Segment(4, 6, "итак склад")
        )
    )
    assert [s.text for s in said] == ["всем привет", "начинаем созвон", "итак склад"]


def test_what_never_ends_is_cut() -> None:
    said = split(transcript(Segment(0, 90, "слово " * 200)))
    assert max(len(s.text.split()) for s in said) <= 60
    assert sum(len(s.text.split()) for s in said) == 200


def test_doubtful_and_empty_segments_are_left_out() -> None:
    assert split(transcript(Segment(0, 1, "!!!!!!", doubtful=True), Segment(1, 2, "  "))) == []


@pytest.mark.parametrize(
    ("spoken", "read"),
    [
        ("ну э-э решили купить принтер", "Решили купить принтер."),
        ("So, um, let's start", "Let's start."),
        ("Ну всё, тогда решили, берём второй вариант", "Решили, берём второй вариант."),
        ("там э-э нашли ошибку", "Там нашли ошибку."),
        ("Да.", "Да."),
        ("ну", "Ну."),
        ("", ""),
        ("Вопрос решён?", "Вопрос решён?"),
        ("это умение и хмель", "Это умение и хмель."),
        ("I I think the the advantage of uh of it is", "I think the advantage of it is."),
        ("we should we should wait for th th the W_M, w well", "We should wait for the W_M, well."),
        ("я я думаю, что на этом на этом всё", "Я думаю, что на этом всё."),
        ("It's so good, no, no, in international talks he had had five five two", None),
        ("Позвоните с собой по последнему, пять пять два", None),
    ],
)
def test_a_spoken_sentence_is_tidied_to_be_read(spoken: str, read: str | None) -> None:
    """None: as it was said, with a full stop."""
    assert tidy(spoken) == (f"{spoken}." if read is None else read)
