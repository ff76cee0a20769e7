"""What an account has spoken goes with the account, and nobody else's does."""

from collections.abc import Callable

import numpy as np
import pytest
from flask import Flask

from app.web.core.context import konspekt
from app.web.core.departed import forget_streams
from tests.web.account import new_account

pytestmark = pytest.mark.usefixtures("cheap_passwords")
SECOND = np.full(16_000, 0.1, np.float32)


@pytest.mark.parametrize("queue_url", [None, "redis://127.0.0.1:9"], ids=["alone", "one of several"])
def test_the_streams_of_a_removed_account_end_and_are_deleted(
    make_app: Callable[..., Flask], queue_url: str | None
) -> None:
    app = make_app(auth="password", queue_url=queue_url)
    parts = konspekt(app)
    streams, ended = parts.saved_streams, list[str]()
    anna, boris = (new_account(app, name) for name in ("Anna", "Boris"))
    for owner in (anna.owner, boris.owner, "a visitor"):
        over = streams.record(owner, None, 0.0, lambda: None)
        over.add(SECOND)
        streams.close(over)
    spoken = streams.record(boris.owner, None, 0.0, lambda: ended.append("boris"))
    spoken.add(SECOND)
    assert forget_streams(parts) == 0
    parts.integrations.accounts.remove("Boris")
    assert forget_streams(parts) == 2
    assert ended == ["boris"]
    assert streams.of(boris.owner, also_open=True) == []
    assert streams.owners() == {anna.owner, "a visitor"}
