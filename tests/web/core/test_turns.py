"""Of those who ask for much, each waits in a line of his own."""

import select
import socket
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask, request
from werkzeug.exceptions import ClientDisconnected

from app.pipeline import artifacts
from app.web.core.client_socket import ClientSocket
from app.web.core.context import konspekt
from app.web.core.places import Places
from app.web.core.reading.answer import Answer
from app.web.core.reading.process import ReadingProcess
from app.web.core.turns import in_turn
from tests.waiting import until
from tests.web.visitor import Visitor


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


class Elsewhere:
    """Stands for the reading process: up from the second time on that it is asked."""

    enabled = True

    def __init__(self, body: Path) -> None:
        self.body, self.asked = body, list[str]()

    def answer(self, environ: dict[str, Any]) -> Answer | None:
        self.asked.append(environ["PATH_INFO"])
        if len(self.asked) == 1:
            return None
        self.body.write_bytes(b"from there")
        return Answer("200 OK", [], self.body)


def test_what_is_read_of_a_long_recording_is_answered_elsewhere_once_that_is_up(
    app: Flask, anna: Visitor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    job = anna.done("совещание")
    elsewhere = Elsewhere(tmp_path / "body")
    app.extensions["konspekt"] = replace(konspekt(app), reading=cast(ReadingProcess, elsewhere))
    page = f"/jobs/{job.id}"
    assert "совещание" in anna.client.get(page).text
    assert elsewhere.asked == []  # it is short
    monkeypatch.setattr(artifacts, "LARGE_BYTES", 1)
    assert "совещание" in anna.client.get(page).text
    for path in (
        page,
        f"{page}/transcript",
        f"{page}/download/everything.zip",
        f"{page}/download/transcript.txt",
    ):
        answer = anna.client.get(path)
        assert answer.data == b"from there", path
        assert answer.headers["Content-Security-Policy"]
        answer.close()
    assert elsewhere.asked == [page, page, f"{page}/transcript", *elsewhere.asked[3:]]
    assert len(elsewhere.asked) == 5
    assert anna.client.patch(f"{page}/transcript", headers={"X-CSRFToken": anna.token}).status_code != 200
    assert len(elsewhere.asked) == 5  # what changes something is done here
