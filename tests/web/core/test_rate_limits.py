"""Rate limits of the API: each key and each address has its own, and is told of it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from pydantic import ValidationError

from app.config import Config
from app.web.core.context import konspekt
from app.web.core.rate_limits import RateLimits

URL = "/api/v1/jobs"


def test_who_asks_too_often_is_told_when_to_come_back(make_app: Callable[..., Flask]) -> None:
    app = make_app(rate="3/minute,2/hour")
    client = app.test_client()
    first, second, third = (client.get(URL) for _ in range(3))
    assert (first.status_code, first.headers["RateLimit-Limit"], first.headers["RateLimit-Remaining"]) == (
        200,
        "2",
        "1",
    )
    assert (second.status_code, second.headers["RateLimit-Remaining"]) == (200, "0")
    assert (third.status_code, third.json["code"], third.mimetype) == (
        429,
        "too_many_requests",
        "application/problem+json",
    )
    assert 3500 < int(third.headers["Retry-After"]) <= 3600
    assert third.headers["RateLimit-Reset"] == third.headers["Retry-After"]
    as_openai = client.get("/v1/models", headers={"Accept-Language": "ru"})
    assert (as_openai.status_code, as_openai.json["error"]["code"]) == (429, "rate_limit_exceeded")
    assert as_openai.json["error"]["message"].startswith("Слишком много запросов")
    assert client.get("/").status_code == 200, "pages are for people"
    elsewhere = client.get(URL, environ_base={"REMOTE_ADDR": "10.1.2.3"})
    assert (elsewhere.status_code, elsewhere.headers["RateLimit-Remaining"]) == (200, "1")


def test_each_key_has_its_own_limit_and_a_wrong_one_none(make_app: Callable[..., Flask]) -> None:
    app = make_app(rate="1/hour")
    client, keys = app.test_client(), konspekt(app).integrations.api_keys
    ours, theirs = (keys.add(name, "read", datetime.now(UTC), None)[1] for name in ("ours", "theirs"))

    def asked(key: str) -> int:
        return client.get(URL, headers={"Authorization": f"Bearer {key}"}).status_code

    assert [asked(ours), asked(ours), asked(theirs)] == [200, 429, 200]
    assert [asked("wrong"), asked("wrong")] == [401, 401]


def test_without_the_setting_nothing_is_counted(app: Flask) -> None:
    assert "RateLimit-Limit" not in app.test_client().get(URL).headers


def test_a_redis_that_is_away_refuses_nobody() -> None:
    config = Config(_env_file=None, rate="1/hour", queue_url="redis://127.0.0.1:9")  # type: ignore[call-arg]
    limits = RateLimits(config, config.rate)
    with Flask(__name__).app_context():
        limits.count("anybody")
        limits.count("anybody")


@pytest.mark.parametrize("rate", ["many", "10", "10/fortnight", "-1/hour"])
def test_what_is_no_rate_is_refused(rate: str) -> None:
    with pytest.raises(ValidationError):
        Config(_env_file=None, rate=rate)  # type: ignore[call-arg]
