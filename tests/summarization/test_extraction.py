"""Minutes of realistic meetings without a model: everything that was decided and assigned, nothing else."""

import json
from dataclasses import asdict, replace
from time import perf_counter

import pytest

from app.documents.minutes import ActionItem, Minutes, Point
from app.documents.transcript import Segment, Transcript
from app.errors import JobCancelled
from app.summarization.extraction import extract_minutes
from tests.long import LONG
from tests.meetings import Expected, Meeting, meeting, meetings


def minutes_of(transcript: Transcript) -> Minutes:
    return extract_minutes(transcript, lambda fraction: None)


def said(*lines: str, language: str | None = "en") -> Transcript:
    segments = tuple(Segment(5.0 * i, 5.0 * i + 4, line) for i, line in enumerate(lines))
    return Transcript(segments, language, "test", 5.0 * len(lines))


def fits(item: ActionItem, expected: Expected) -> bool:
    same = item.who == expected.who and item.by_when == expected.by_when
    return same and expected.text.lower() in item.text.lower()


MEETINGS = (
    "en_board en_council en_product en_school en_sphinx en_sprint en_startup "
    "ru_board ru_it ru_lower ru_marketing ru_medical ru_release ru_village"
).split()  # those in which everything is said so plainly that nothing may be missed, and nothing else found


@pytest.fixture(params=MEETINGS)
def held(request: pytest.FixtureRequest) -> tuple[Meeting, Minutes]:
    wanted = meeting(request.param)
    return wanted, minutes_of(wanted.transcript)


def test_every_decision_of_a_realistic_meeting_is_found_and_no_other(held: tuple[Meeting, Minutes]) -> None:
    wanted, minutes = held
    texts = [point.text.lower() for point in minutes.decisions]
    assert all(any(one.text.lower() in text for text in texts) for one in wanted.decisions), texts
    assert len(texts) == len(wanted.decisions), texts


def test_every_assignment_is_found_with_who_and_by_when_and_no_other(held: tuple[Meeting, Minutes]) -> None:
    wanted, minutes = held
    found = [(item.who, item.by_when, item.text) for item in minutes.action_items]
    assert all(any(fits(item, expected) for item in minutes.action_items) for expected in wanted.actions), (
        found
    )
    assert len(found) == len(wanted.actions), found


def test_nothing_is_said_twice(held: tuple[Meeting, Minutes]) -> None:
    _, minutes = held
    texts = [point.text for topic in minutes.topics for point in topic.points]
    texts += [point.text for point in minutes.decisions] + [item.text for item in minutes.action_items]
    assert len(texts) == len({text.lower() for text in texts})


def test_every_point_carries_the_start_of_the_segment_in_which_it_was_said(
    held: tuple[Meeting, Minutes],
) -> None:
    wanted, minutes = held
    starts = {segment.start: i for i, segment in enumerate(wanted.transcript.segments)}
    for point in (
        *(p for topic in minutes.topics for p in topic.points),
        *minutes.decisions,
        *minutes.action_items,
    ):
        segments = wanted.transcript.segments[starts[point.start] : starts[point.start] + 4]
        ends = (
            point.text.split()[0],
            point.text.split()[-1],
        )  # what it refers to may stand before it, or after
        assert any(word.strip(",.").lower() in " ".join(s.text for s in segments).lower() for word in ends)


def test_topics_are_titled_and_in_the_order_of_the_meeting(held: tuple[Meeting, Minutes]) -> None:
    _, minutes = held
    assert minutes.topics
    assert all(topic.title and topic.points for topic in minutes.topics)
    assert [topic.start for topic in minutes.topics] == sorted(topic.start for topic in minutes.topics)
    assert len({topic.title for topic in minutes.topics}) == len(minutes.topics)


def test_the_same_transcript_gives_the_same_minutes() -> None:
    transcript = meeting("ru_release").transcript
    assert minutes_of(transcript) == minutes_of(transcript)


@pytest.mark.parametrize("lines", [(), ("",), ("...",), ("Okay.",), ("um", "uh", "mhm")])
def test_a_recording_that_says_nothing_has_empty_minutes(lines: tuple[str, ...]) -> None:
    assert minutes_of(said(*lines)) == Minutes("en", "extractive")


def test_one_sentence_is_its_own_minutes() -> None:
    minutes = minutes_of(said("The quarterly revenue reached four million dollars."))
    assert [topic.points for topic in minutes.topics] == [
        (Point("The quarterly revenue reached four million dollars.", 0.0),)
    ]


def test_a_doubtful_segment_never_becomes_a_point() -> None:
    transcript = meeting("en_board").transcript
    garbage = Segment(1.0, 2.0, "We decided to subscribe to the channel and like the video.", doubtful=True)
    minutes = minutes_of(replace(transcript, segments=(garbage, *transcript.segments)))
    assert "subscribe" not in json.dumps(asdict(minutes))


def test_another_language_still_gets_its_points_and_keeps_its_code() -> None:
    minutes = minutes_of(
        said(
            "Der Umsatz im zweiten Quartal ist um zwölf Prozent gestiegen.",
            "Die neue Maschine in Halle drei steht seit Montag still.",
            "Der Lieferant schickt das Ersatzteil frühestens im Juni.",
            language="de",
        )
    )
    assert minutes.language == "de"
    assert len(minutes.topics[0].points) >= 2


def test_eight_hours_take_seconds_and_no_more_topics_than_can_be_read() -> None:
    """Eight hours with `make trials`, two in every test run."""
    lines = [
        s.text for name in meetings() if name.startswith("ru") for s in meeting(name).transcript.segments
    ]
    many = [
        f"{lines[i % len(lines)].rstrip('.')} {i % 97} {chr(1072 + i % 32) * 3}{i % 13}."
        for i in range(6000 if LONG else 1500)
    ]
    begun = perf_counter()
    minutes = minutes_of(said(*many, language="ru"))
    assert perf_counter() - begun < 90
    assert 10 < len(minutes.topics) <= 90


def test_a_cancelled_job_stops_within_the_stage() -> None:
    def cancelled(fraction: float) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        extract_minutes(meeting("en_board").transcript, cancelled)


def test_a_sentence_may_decide_and_give_work() -> None:
    line = "Тогда делаем пенсионерам бесплатно, с управлением культуры я согласую."
    minutes = minutes_of(said("Абонемент стоит сто рублей.", line, language="ru"))
    assert len(minutes.decisions) == len(minutes.action_items) == 1
