"""The log tells what happened, and no secret."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator

import pytest
import structlog
from flask import Flask

from app.config import Config
from app.web.core import logs

CANARY = "canary-5f2a"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log as JSON, in memory."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # pytest's own handlers are not closed by ours
    logs.configure(Config(log_json=True))
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("app").setLevel(logging.NOTSET)
    structlog.reset_defaults()


def test_a_line_is_json_with_time_and_level(written: io.StringIO) -> None:
    structlog.get_logger("app").info("answered", path="/встреча", status=200)
    line = json.loads(written.getvalue())
    assert line["event"] == "answered"
    assert line["path"] == "/встреча"
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_libraries_log_in_the_same_form(written: io.StringIO) -> None:
    logging.getLogger("somewhere").warning("disk %s", "low")
    assert json.loads(written.getvalue())["event"] == "disk low"


@pytest.mark.parametrize(
    "fields",
    [
        {"authorization": f"Bearer {CANARY}"},
        {"Cookie": CANARY},
        {"llm_key": CANARY},
        {"metrics_token": CANARY},
        {"url": f"postgresql+psycopg://user:{CANARY}@localhost/db"},
        {"url": f"https://host/file?signature={CANARY}"},
        {"headers": {"Authorization": CANARY, "X-Api-Key": CANARY}},
    ],
)
def test_secrets_are_removed(written: io.StringIO, fields: dict[str, object]) -> None:
    structlog.get_logger("app").warning("sent", **fields)
    assert "sent" in written.getvalue()
    assert CANARY not in written.getvalue()


def test_a_password_in_a_plain_message_is_removed(written: io.StringIO) -> None:
    logging.getLogger("lib").error("cannot reach redis://user:%s@host", CANARY)
    assert CANARY not in written.getvalue()


def test_a_traceback_shows_no_values(written: io.StringIO) -> None:
    secret = CANARY

    def fails() -> float:
        return len(secret) / 0

    try:
        fails()
    except ZeroDivisionError:
        structlog.get_logger("app").exception("bug")
    assert "ZeroDivisionError" in written.getvalue()
    assert CANARY not in written.getvalue()


def test_the_same_is_said_so_many_times_a_minute_and_the_rest_is_counted(
    app: Flask, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = {"many": app.test_client(), "few": app.test_client()}
    for _ in range(200):
        clients["many"].get("/queue", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    clients["few"].get("/queue", environ_base={"REMOTE_ADDR": "192.0.2.2"})
    clients["many"].get("/nothing", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert written.getvalue().count("answered") == logs.MOST_A_MINUTE + 2
    monkeypatch.setattr(logs, "MINUTE_S", 0.0)
    clients["many"].get("/queue", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    counted = [json.loads(line) for line in written.getvalue().splitlines()][-2]
    assert counted["n"] == 200 - logs.MOST_A_MINUTE


def test_a_library_may_say_the_same_so_many_times(written: io.StringIO) -> None:
    repeats = logs.Repeats()
    said = [repeats.filter(logging.makeLogRecord({"msg": "invalid %s", "args": (n,)})) for n in range(50)]
    assert said.count(True) == logs.MOST_A_MINUTE
    assert repeats.filter(logging.makeLogRecord({"msg": "another"}))


def test_what_supervisors_ask_all_day_fills_no_log(
    make_app: Callable[..., Flask], written: io.StringIO
) -> None:
    client = make_app(metrics_token=CANARY).test_client()
    assert client.get("/metrics", headers={"Authorization": f"Bearer {CANARY}"}).status_code == 200
    for path in ("/health", "/ready", "/static/updates.js"):
        client.get(path).close()
    assert written.getvalue() == ""
    client.get("/queue")
    assert json.loads(written.getvalue())["path"] == "/queue"
