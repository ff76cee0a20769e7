"""A reader's own prompt: what the transcript says of it, and nothing else; what is lost is said."""

import json
from typing import Any

import pytest

from app.documents.minutes import Minutes
from app.documents.transcript import Segment, Transcript
from app.errors import EngineUnavailable
from app.summarization.own_prompt import LOST, NOTHING, WANTED, write_own
from tests.summarization.obedient import Obedient

LINES = ("Склад стоит восемьдесят тысяч в месяц.", "Сосед против переезда.", "Договор до июня.")
EMPTY = {"topics": [], "decisions": [], "action_items": []}


def written(said: dict[str, Any] | str, wanted: str = "Возражения") -> Minutes:
    segments = tuple(Segment(10.0 * n, 10.0 * n + 9, text) for n, text in enumerate(LINES))
    reply = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    chat = Obedient(lambda prompt: reply)
    return write_own(chat, Transcript(segments, "ru", "test", 30.0), wanted, lambda done: None)


def topic(*points: tuple[str, int]) -> dict[str, Any]:
    said = [{"text": text, "source": [n]} for text, n in points]
    return {**EMPTY, "topics": [{"title": "Возражения", "points": said}]}


def test_points_have_their_source_and_what_nobody_said_is_dropped_and_counted() -> None:
    minutes = written(topic(("Сосед против переезда.", 1), ("Мэр запретил переезд.", 2)))
    assert [(one.text, one.start) for one in minutes.topics[0].points] == [("Сосед против переезда.", 10.0)]
    assert minutes.dropped == 1
    assert [remark.message for remark in minutes.remarks] == [WANTED]
    assert minutes.remarks[0].params == {"wanted": "Возражения"}


def test_a_recording_that_says_nothing_of_it_is_no_error() -> None:
    minutes = written(EMPTY)
    assert minutes.topics == ()
    assert NOTHING in [remark.message for remark in minutes.remarks]


def test_an_answer_that_breaks_off_is_kept_and_said() -> None:
    whole = json.dumps(topic(("Сосед против переезда.", 1)), ensure_ascii=False)
    minutes = written(whole[: whole.index("]}]") + 3])
    assert minutes.topics
    assert LOST in [remark.message for remark in minutes.remarks]


def test_no_usable_answer_is_an_error() -> None:
    with pytest.raises(EngineUnavailable, match="no usable answer"):
        written("Конечно! Вот возражения.")
