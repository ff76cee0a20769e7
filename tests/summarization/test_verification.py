import json

import pytest

from app.documents.minutes import Point
from app.summarization.sources import Sources
from app.summarization.verification import topic, verified
from tests.meetings import meeting

RU = meeting("ru_release").transcript
SOURCES = Sources(RU.segments, "ru")
WHOLE = range(len(RU.segments))


def answer(*texts: str) -> str:
    points = [{"text": text, "source": [i]} for i, text in enumerate(texts)]
    return json.dumps({"topics": [{"title": "", "points": points}], "decisions": [], "action_items": []})


def test_points_of_the_transcript_are_kept_in_its_order_and_invented_ones_counted() -> None:
    later, sooner = RU.segments[33].text, RU.segments[9].text
    found = verified(answer(later, "Купить яхту за миллион.", sooner), SOURCES, WHOLE, "ru")
    assert found is not None
    minutes = found.minutes
    assert minutes.dropped == 1
    starts = [point.start for point in minutes.topics[0].points]
    assert starts == sorted(starts)
    assert len(starts) == 2


@pytest.mark.parametrize("said", ["", "нет", answer("Купить яхту за миллион.")])
def test_an_answer_without_one_true_point_is_of_no_use(said: str) -> None:
    assert verified(said, SOURCES, WHOLE, "ru") is None


def test_silence_about_a_short_chunk_is_an_answer_and_about_a_long_one_a_failure() -> None:
    assert verified(answer(), SOURCES, range(3), "ru") is not None
    assert verified(answer(), SOURCES, WHOLE, "ru") is None


def test_a_heading_that_nobody_said_gives_way_to_the_words_of_the_points() -> None:
    points = [Point(segment.text, segment.start) for segment in RU.segments[:3]]
    assert "яхт" not in topic("Покупка яхты", points, SOURCES).title.lower()
