"""Nobody has more places than he may, and nobody is forgotten."""

import time

import pytest

from app.errors import Overloaded
from app.web.core.places import Places, Turns


def test_one_holder_has_only_some_and_leaves_room_for_others() -> None:
    places = Places(total=3, each=2)
    assert [places.take("anna") for _ in range(3)] == [True, True, False]
    assert [places.take("boris") for _ in range(2)] == [True, False]
    places.leave("anna")
    assert places.take("boris")


def test_who_has_left_leaves_no_trace() -> None:
    places = Places(total=None, each=None)
    for number in range(100):
        places.take(str(number))
        places.leave(str(number))
    assert not places._held


def test_that_places_are_short_is_told_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    places, now = Places(total=1, each=1), 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert [places.may_tell() for _ in range(3)] == [True, False, False]
    now += 61
    assert places.may_tell()


def test_who_stands_in_line_too_often_is_refused_and_others_are_not() -> None:
    turns = Turns(at_once=2, at_once_of_one=1, in_line=3, in_line_of_one=1)
    with turns.turn("anna"), turns.turn("boris"), pytest.raises(Overloaded), turns.turn("anna"):
        pass
    with turns.turn("anna"):
        pass
