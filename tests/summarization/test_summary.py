"""A summary stands first, is short for the length of the recording, and says what the talk is about."""

import pytest

from app.documents.minutes import Minutes, Point
from app.documents.transcript import Segment, Transcript
from app.summarization.extraction import extract_minutes
from app.summarization.summary import bounds, with_summary
from tests.meetings import meeting, meetings


@pytest.mark.parametrize(
    ("hours", "n_points", "n_words"), [(0.05, 4, 64), (1.0, 10, 150), (3.0, 13, 195), (24.0, 20, 300)]
)
def test_the_bounds_grow_with_the_recording_and_slower_after_an_hour(
    hours: float, n_points: int, n_words: int
) -> None:
    assert bounds(hours * 3600) == (n_points, n_words)


@pytest.mark.parametrize("half", ["development", "test"])
def test_every_summary_keeps_its_bounds_and_its_order(half: str) -> None:
    for name in meetings(half)[::4]:
        read = meeting(name, half)
        points = extract_minutes(read.transcript, lambda fraction: None).summary
        n_points, n_words = bounds(read.transcript.duration_s)
        assert 0 < len(points) <= n_points, name
        assert sum(len(point.text.split()) for point in points) <= n_words, name
        assert [point.start for point in points] == sorted(point.start for point in points)


def test_an_hour_has_at_most_ten_points_and_150_words() -> None:
    lines = [segment.text for name in meetings() for segment in meeting(name).transcript.segments]
    hour = tuple(Segment(4.0 * i, 4.0 * i + 3, line) for i, line in enumerate(lines[:900]))
    points = extract_minutes(Transcript(hour, "en", "test", 3600.0), lambda fraction: None).summary
    assert 5 <= len(points) <= 10
    assert sum(len(point.text.split()) for point in points) <= 150


def test_minutes_of_a_chat_model_get_a_summary_and_keep_their_own() -> None:
    transcript = meeting("ru_garden").transcript
    assert with_summary(Minutes("ru", "a model"), transcript).summary
    own = Minutes("ru", "a model", summary=(Point("Своё.", 0.0),))
    assert with_summary(own, transcript) is own


def test_a_recording_that_says_nothing_has_no_summary() -> None:
    silent = Transcript((), "en", "test", 5.0)
    assert with_summary(Minutes("en", "a model"), silent).summary == ()
