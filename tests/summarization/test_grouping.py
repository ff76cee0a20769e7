"""The points of all chunks are grouped by number: the model can order and name them, and add nothing."""

import json
from dataclasses import replace

import pytest

from app.documents.minutes import Point, Topic
from app.summarization.grouping import grouped
from app.summarization.map_reduce import write_minutes
from app.summarization.sources import Sources
from tests.meetings import meeting
from tests.summarization.obedient import Obedient, quoting

RU = meeting("ru_release").transcript
SOURCES = Sources(RU.segments, "ru")
TOPICS = [
    Topic(f"Тема {i}", segment.start, (Point(segment.text, segment.start),))
    for i, segment in enumerate(RU.segments[6:12])
]


def groups_of(answer: str | None) -> list[Topic]:
    return grouped(Obedient(lambda prompt: answer), TOPICS, SOURCES, lambda fraction: None)


def numbered(*groups: list[int]) -> str:
    return json.dumps({"topics": [{"title": "", "items": items} for items in groups]})


def test_an_eight_hour_meeting_is_grouped_in_pieces_that_fit() -> None:
    many = tuple(
        replace(segment, start=segment.start + 200 * i, text=f"{segment.text.rstrip('.')} {i}.")
        for i in range(40)
        for segment in RU.segments
    )
    chat = Obedient(quoting, room=400)
    minutes = write_minutes(chat, replace(RU, segments=many), lambda fraction: None)
    groups = [prompt for prompt in chat.asked if "<transcript>" not in prompt.user]
    assert len(groups) > 2
    assert all(chat.count(prompt.user) <= 400 for prompt in groups)
    assert len(minutes.topics) == len(groups)


def test_a_point_named_twice_stands_in_the_first_group_and_unknown_numbers_stand_nowhere() -> None:
    first, second = groups_of(numbered([1, 2, 3, 99], [3, 4, 5, 6]))
    assert [len(first.points), len(second.points)] == [3, 3]
    assert {p.text for p in (*first.points, *second.points)} == {t.points[0].text for t in TOPICS}


@pytest.mark.parametrize("answer", [None, "нет", numbered([1])])
def test_an_answer_that_groups_less_than_a_third_leaves_the_topics_as_they_are(answer: str | None) -> None:
    assert groups_of(answer) == TOPICS
