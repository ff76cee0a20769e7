"""Of those who ask for much, each waits in a line of his own."""

import threading

from flask import Flask, request

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
