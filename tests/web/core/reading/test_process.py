"""The process begins when it is needed, answers as the program does, and its end is survived."""

import os
import signal
import time

import pytest
from flask import Flask

from app.errors import Overloaded
from app.web.core.context import konspekt
from app.web.core.reading import process
from app.web.core.reading.process import ReadingProcess
from tests.waiting import until
from tests.web.core.reading.test_child import environ
from tests.web.visitor import Visitor


def test_it_answers_is_replaced_when_it_dies_and_ends_when_idle(
    app: Flask, anna: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = anna.done("совещание")
    cookie = anna.client.get_cookie("session")
    assert cookie is not None
    asked = {**environ(app, f"/jobs/{job.id}/transcript", f"session={cookie.value}"), "x": object()}
    reading: ReadingProcess = konspekt(app).reading
    konspekt(app).config.incoming_dir.mkdir(parents=True, exist_ok=True)
    assert reading.answer(asked) is None  # the server has not begun
    assert reading._process is None
    reading.enable()
    try:
        until(lambda: reading.answer(asked) is not None)
        answer = reading.answer(asked)
        assert answer is not None
        assert (
            b"".join(answer.response(lambda: None).iter_encoded())
            == anna.client.get(f"/jobs/{job.id}/transcript").data
        )
        assert reading._process is not None
        assert reading._process.pid is not None
        os.kill(reading._process.pid, signal.SIGSTOP)  # what is held up answers nothing
        monkeypatch.setattr(process, "ANSWER_S", 0.05)
        with pytest.raises(Overloaded):
            reading.answer(asked)
        assert reading._process is None  # whatever held it up is over
        reading.answer(asked)
        assert reading._process is not None
        reading.run_once()
        assert reading._process is not None
        monkeypatch.setattr(process, "IDLE_S", -1.0)
        reading.run_once()
        assert reading._process is None
    finally:
        reading.stop()
    assert reading.answer(asked) is None
    assert not any(konspekt(app).config.incoming_dir.glob("*.part"))


def test_a_process_that_was_killed_is_noticed(app: Flask) -> None:
    reading = konspekt(app).reading
    reading.enable()
    try:
        assert reading.answer({}) is None
        first = reading._process
        assert first is not None
        first.kill()
        until(lambda: not first.is_alive())
        assert reading.answer({}) is None
        assert reading._process is not first
        began = time.monotonic()
    finally:
        reading.stop()
    assert time.monotonic() - began < 30
