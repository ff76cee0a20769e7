from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from app.documents.recording_date import named_moment, recorded_at
from tests.documents.texts import ANY

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("2024-11-12 10.30.mp4", "2024-11-12T10:30:00+03:00"),
        ("20241112_103005.mp4", "2024-11-12T10:30:00+03:00"),
        ("GMT20241112-233000_Recording.mp4", "2024-11-13T02:30:00+03:00"),
        ("Screen Recording 2024-11-12 at 10.30.12.mov", "2024-11-12T10:30:00+03:00"),
        ("Запись 12.11.2024 в 10-30.m4a", "2024-11-12T10:30:00+03:00"),
        ("Планёрка 12.11.2024.mp3", "2024-11-12T00:00:00+03:00"),
        ("VID-20241112-WA0007.mp4", "2024-11-12T00:00:00+03:00"),
        ("meeting_2024_11_12.wav", "2024-11-12T00:00:00+03:00"),
        ("live 2024-11-12 10-30", "2024-11-12T10:30:00+03:00"),
    ],
)
def test_the_date_is_read_from_the_name(name: str, moment: str) -> None:
    found = named_moment(name, MOSCOW)
    assert found
    assert found.isoformat() == moment


@pytest.mark.parametrize(
    "name",
    [
        "Budget 2024.mp3",
        "2024-13-45.mp3",
        "31.02.2024.wav",
        "2199-01-01.wav",
        "+79161234567.amr",
        "1234567890123.wav",
        "",
    ],
)
def test_what_is_no_date_of_a_recording_is_none(name: str) -> None:
    assert named_moment(name, MOSCOW) is None


@given(ANY)
def test_any_name_can_be_asked(name: str) -> None:
    named_moment(name, None)


def test_what_the_container_says_goes_before_the_name() -> None:
    said = datetime(2024, 11, 12, 21, 30, tzinfo=UTC)
    assert recorded_at(said, "2023-01-01.mp4", MOSCOW) == said
    assert recorded_at(said, "", MOSCOW).date().day == 13  # type: ignore[union-attr]
    assert recorded_at(None, "call.wav", MOSCOW) is None
