"""Streams that were open before a key or a sign-in was taken back."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.web.core import event_streams, standing
from app.web.core.context import konspekt
from tests.web.account import new_account, signed_in

pytestmark = pytest.mark.usefixtures("cheap_passwords")


@pytest.fixture(autouse=True)
def at_each_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(event_streams, "PAUSE_S", 0.0)
    monkeypatch.setattr(event_streams, "WAIT_S", 0.05)
    monkeypatch.setattr(event_streams, "TICK_S", 0.0)


def test_a_pages_stream_ends_when_its_browser_is_signed_out(make_app: Callable[..., Flask]) -> None:
    app = make_app(auth="password")
    anna = new_account(app, "Anna")
    visitor = signed_in(app, anna)
    visitor.send()
    with visitor.client.get("/events", buffered=False) as answer:
        events = iter(answer.response)
        first = [next(events), next(events)]
        assert b"event: message" in b"".join(
            part.encode() if isinstance(part, str) else part for part in first
        )
        konspekt(app).integrations.sign_ins.end_all(anna)
        assert b"".join(part.encode() if isinstance(part, str) else part for part in events) == b""


def test_a_programs_stream_ends_when_its_key_is_taken_back(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    keys = konspekt(app).integrations.api_keys
    made, key = keys.add("a program", "write", datetime.now(UTC))
    path = konspekt(app).jobs.incoming()
    path.write_text("совещание", encoding="utf-8")
    job = konspekt(app).jobs.submit(made.owner, "совещание", path)
    headers = {"Authorization": f"Bearer {key}"}
    with app.test_client().get(f"/api/v1/jobs/{job.id}/events", headers=headers, buffered=False) as answer:
        events = iter(answer.response)
        next(events), next(events)
        keys.revoke(made.id, datetime.now(UTC))
        assert list(events) == []


def test_nothing_is_looked_at_without_accounts_and_keys(make_app: Callable[..., Flask]) -> None:
    with make_app().test_request_context():
        for _ in range(3):
            standing.Standing().check()
