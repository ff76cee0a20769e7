"""The line of those who wait for a place on the live socket."""

import pytest

from app.errors import Overloaded
from app.live.waiting_line import WaitingLine


def test_ten_wait_in_their_order_and_the_eleventh_is_refused() -> None:
    line = WaitingLine(10)
    tickets = [line.join() for _ in range(10)]
    assert [line.place(ticket) for ticket in tickets] == [*range(1, 11)]
    with pytest.raises(Overloaded):
        line.join()
    line.leave(tickets[3])
    assert [line.place(ticket) for ticket in (tickets[2], tickets[4])] == [3, 4]
    assert line.place(line.join()) == 10


def test_who_comes_back_stands_where_he_stood_also_before_a_full_line() -> None:
    line = WaitingLine(1)
    waiting = line.join()
    assert line.place(line.join(first=True)) == 1
    assert line.place(waiting) == 2
    assert line.place(line.join(beyond=True)) == 3


def test_the_wait_is_as_many_gaps_as_the_place_is() -> None:
    line = WaitingLine(10)
    line.note_gap(40)
    assert (line.expected_s(1), line.expected_s(3)) == (40, 120)
    with pytest.raises(Overloaded) as refused:
        WaitingLine(0).join()
    assert refused.value.retry_after_s > 0
