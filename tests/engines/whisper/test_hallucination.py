import pytest

from app.documents.transcript import Segment
from app.engines.whisper.hallucination import collapse, is_looping, is_too_fast

LOOPS = [
    "!!!!!!!!!!",
    "Отчёт готов!!!!!!!!",
    "...",
    "Продолжение следует... " * 4,
    "Thank you. " * 9,
    "so so so so so so so so",
    "аааааааааааааааааа",
    "We will meet again on the first and " * 4,
    "Мы решили перенести запуск. " * 5,
]
SPEECH = [
    "",
    "Yes, yes, yes.",
    "Да, да, да. Нет-нет-нет.",
    "No, no, no, no! That is very, very, very important.",
    "Three people are for it and one is against it. The proposal is accepted.",
    "Семь, восемь, девять, десять, одиннадцать, двенадцать.",
    "Иван подготовит отчёт к пятнице, а Мария отправит его заказчику. Запуск решили перенести.",
    "one two one two one two check",
    "Wait... What? Really?!",
]


@pytest.mark.parametrize("text", LOOPS)
def test_a_loop_is_noticed(text: str) -> None:
    assert is_looping(text)


@pytest.mark.parametrize("text", SPEECH)
def test_speech_is_not_a_loop(text: str) -> None:
    assert not is_looping(text)


def test_more_tokens_than_speech_has_room_for_are_noticed() -> None:
    assert is_too_fast(200, 2.0)
    assert not is_too_fast(200, 28.0)
    assert not is_too_fast(8, 0.4)


def lines(*texts: str) -> list[Segment]:
    return [Segment(float(i), i + 1.0, text) for i, text in enumerate(texts)]


def test_one_line_to_the_end_becomes_one_doubtful_segment() -> None:
    found = collapse(lines("Good morning.", *["Thanks for watching this!"] * 20))
    assert [(s.start, s.end, s.text, s.doubtful) for s in found] == [
        (0, 1, "Good morning.", False),
        (1, 21, "Thanks for watching this!", True),
    ]


def test_lines_that_differ_in_marks_alone_are_one_line() -> None:
    assert len(collapse(lines("I do not know", "I do not know.", "I do not know!"))) == 1


def test_what_people_do_repeat_stays() -> None:
    said = lines(
        "Yes.", "Yes.", "Yes.", "Who is for it?", "Who is for it?", "Я за.", "Я за.", "Я за.", "Я за."
    )
    assert list(collapse(said)) == said
