"""Dates are those of the visitor's zone, else of the setting's, on pages and in documents alike."""

import json
from collections.abc import Callable

import pytest
from flask import Flask

from tests.web.visitor import Visitor


@pytest.mark.parametrize(
    ("cookie", "setting", "offset"),
    [
        ("Asia%2FTokyo", "Europe/Moscow", "+09:00"),
        ("Asia/Tokyo", "", "+09:00"),
        ("", "Europe/Moscow", "+03:00"),
        ("../../etc/passwd", "Europe/Moscow", "+03:00"),
        ("%00", "Europe/Moscow", "+03:00"),
    ],
)
def test_dates_of_documents_are_in_the_zone_of_who_reads_them(
    make_app: Callable[..., Flask], cookie: str, setting: str, offset: str
) -> None:
    anna = Visitor(make_app(timezone=setting).test_client())
    anna.open()
    anna.client.set_cookie("zone", cookie)
    job = anna.done("2024-11-12 23.30.mp4")
    told = json.loads(anna.client.get(f"/jobs/{job.id}/download/minutes.json").data)
    assert told["recorded_at"] == f"2024-11-12T23:30:00{offset}"
    assert told["processed_at"].endswith(offset)


def test_a_page_shows_the_same_day_as_the_document(make_app: Callable[..., Flask]) -> None:
    anna = Visitor(make_app(timezone="Pacific/Kiritimati").test_client())
    anna.open()
    job = anna.done("call.mp4")
    told = json.loads(anna.client.get(f"/jobs/{job.id}/download/minutes.json").data)
    day = int(told["processed_at"][8:10])
    assert f"{day} " in anna.client.get("/recordings").text
