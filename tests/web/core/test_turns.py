"""Of those who ask for much, each waits in a line of his own."""

import select
import socket
import threading

import pytest
from flask import Flask, request
from werkzeug.exceptions import ClientDisconnected

from app.web.core.client_socket import ClientSocket
from app.web.core.places import Places
from app.web.core.turns import in_turn
from tests.waiting import until


def test_of_one_address_two_views_work_at_a_time_and_others_are_not_held_up(app: Flask) -> None:
    go_on, working = threading.Event(), []

    @in_turn
    def view() -> str:
        working.append(request.remote_addr)
        assert go_on.wait(60)
        return "done"

    def ask(address: str) -> None:
        with app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
            assert view() == "done"

    threads = [threading.Thread(target=ask, args=(address,)) for address in "aaaab"]
    for thread in threads:
        thread.start()
    until(lambda: sorted(working) == ["a", "a", "b"])
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert sorted(working) == ["a", "a", "a", "a", "b"]


@pytest.mark.skipif(not hasattr(select, "POLLRDHUP"), reason="Linux tells of it")
def test_who_left_the_line_is_not_worked_for(app: Flask) -> None:
    worked = []

    @in_turn
    def view() -> str:
        worked.append(True)
        return "done"

    ours, theirs = socket.socketpair()
    with ClientSocket.of(ours, "a", Places(1, 1), Places(None, None)) as client, theirs:
        there = {"REMOTE_ADDR": "a", "gunicorn.socket": client}
        with app.test_request_context("/", environ_overrides=there):
            assert view() == "done"
            theirs.close()
            with pytest.raises(ClientDisconnected):
                view()
    assert worked == [True]
