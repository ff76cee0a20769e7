from app.documents.minutes import ActionItem, Point
from app.summarization.repetition import Told, distinct, key_of


def test_what_is_said_again_in_other_forms_is_said_once() -> None:
    points = [
        Point("Бюджет проекта согласован в мае.", 1.0),
        Point("Согласовали бюджет проекта в мае.", 9.0),
        Point("Бюджет проекта вырос.", 20.0),
    ]
    assert distinct(points, "ru") == [points[0], points[2]]


def test_the_same_work_for_two_people_is_two_assignments() -> None:
    items = [
        ActionItem("Send the weekly report", 1.0, "Maria"),
        ActionItem("Send the weekly report", 2.0, "Tom"),
        ActionItem("Send the weekly report", 3.0, "Maria"),
    ]
    assert distinct(items, "en") == items[:2]


def test_an_empty_text_is_no_point() -> None:
    assert distinct([Point("", 1.0)], "en") == []


def test_four_fifths_of_the_shorter_sentence_repeat_it() -> None:
    told = Told()
    told.add(frozenset("abcdefghij"))
    assert told.repeats(frozenset("abcdX"))
    assert not told.repeats(frozenset("abcXY"))
    assert not told.repeats(frozenset())


def test_a_sentence_of_stop_words_is_compared_by_its_words() -> None:
    assert key_of("It is so.", "en") == frozenset({"it", "is", "so"})
