"""What of a recording is searched."""

from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.documents.transcript import Segment, Transcript
from app.jobs.library.passages import MOST_CHARACTERS, Passage, name_passage, passages

SAID = Transcript(
    (
        Segment(1.0, 2.0, " Начнём. ", "Speaker 1"),
        Segment(3.0, 4.0, "Бюджет утверждён.", "Анна"),
        Segment(5.0, 6.0, "Хорошо.", "Анна"),
        Segment(7.0, 8.0, "  "),
    ),
    "ru",
    "an engine",
    9.0,
)
MINUTES = Minutes(
    "ru",
    "an engine",
    topics=(Topic("Бюджет", 3.0, (Point("Его хватит.", 3.5),)),),
    decisions=(Point("Утвердить.", 3.0),),
    action_items=(ActionItem("Написать", 5.0, "Анна", "до пятницы"),),
    summary=(Point("О деньгах.", 1.0),),
)


def test_each_line_has_its_moment_and_each_name_its_first() -> None:
    assert list(passages(SAID, None)) == [
        Passage("transcript", 1.0, "Начнём."),
        Passage("speaker", 3.0, "Анна"),
        Passage("transcript", 3.0, "Бюджет утверждён."),
        Passage("transcript", 5.0, "Хорошо."),
    ]


def test_what_minutes_say_twice_of_one_moment_is_found_once() -> None:
    point = Point("Утвердить.", 3.0)
    minutes = Minutes("ru", "an engine", summary=(point,), decisions=(point, Point("Утвердить.", 9.0)))
    assert [one.start for one in passages(None, minutes)] == [3.0, 9.0]


def test_each_part_of_the_minutes_is_searched() -> None:
    said = [(one.text, one.start) for one in passages(None, MINUTES)]
    assert said == [
        ("О деньгах.", 1.0),
        ("Утвердить.", 3.0),
        ("Написать · Анна · до пятницы", 5.0),
        ("Бюджет", 3.0),
        ("Его хватит.", 3.5),
    ]


def test_a_recording_is_found_by_its_name_and_tags() -> None:
    assert name_passage("совет.mp4", ("деньги",)) == Passage("name", None, "совет.mp4 деньги")


def test_an_endless_line_is_searched_at_its_beginning() -> None:
    endless = Transcript((Segment(0.0, 1.0, "а" * 10**6),), "ru", "an engine", 1.0)
    assert [len(one.text) for one in passages(endless, None)] == [MOST_CHARACTERS]
