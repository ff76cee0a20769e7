"""Who asks for too much at once is refused at the door, in his form and language, and nobody else is."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from structlog.testing import capture_logs

from app.web.core.context import konspekt
from app.web.core.refusals import refuse_at_once
from app.web.core.turns import is_in_turn

LINE = 24  # of one address
TOP = Path(__file__).parents[3]


@contextmanager
def crowded(app: Flask, holder: str) -> Iterator[None]:
    """Let a holder fill his line."""
    with ExitStack() as line:
        for _ in range(LINE):
            line.enter_context(konspekt(app).turns.in_line(holder))
        yield


def asked(target: str, *lines: str, method: str = "GET") -> bytes:
    return "\r\n".join((f"{method} {target} HTTP/1.1", "Host: localhost", *lines, "", "")).encode()


def told(answer: tuple[bytes, bool] | None) -> tuple[int, str, str]:
    """Return status, media type and body of an answer that is kept open and says when to come again."""
    assert answer is not None
    head, _, body = answer[0].decode().partition("\r\n\r\n")
    assert "\r\nRetry-After: 5\r\n" in f"{head}\r\n"
    assert answer[1]
    found = re.search(r"Content-Type: ([^;\r]+)", head)
    assert found
    return int(head.split()[1]), found[1], body


HEAVY = (
    "/jobs/a",
    "/jobs/a/transcript",
    "/jobs/a/download/everything.zip?x=1",
    "/jobs/%61",
    "/shared/a.b",
    "/status/a",
)


def test_only_the_address_whose_line_is_full_is_refused_and_only_what_waits_in_line(app: Flask) -> None:
    assert refuse_at_once(app, asked("/jobs/a"), "a") is None
    with crowded(app, "a"):
        for target in HEAVY:
            assert told(refuse_at_once(app, asked(target), "a"))[0] == 503, target
            assert refuse_at_once(app, asked(target), "b") is None
        head = refuse_at_once(app, asked("/jobs/a", method="HEAD"), "a")
        assert told(head)[2] == ""
        for target in ("/", "/queue", "/nothing", "/static/konspekt.css", "/jobs/a/", "/events"):
            assert refuse_at_once(app, asked(target), "a") is None, target
        assert (
            refuse_at_once(app, asked("/jobs/a/transcript", "Content-Length: 2", method="PATCH"), "a") is None
        )
    assert refuse_at_once(app, asked("/jobs/a"), "a") is None


def test_it_is_said_in_the_form_and_language_of_who_asks(app: Flask) -> None:
    english, russian = "Too many documents", "Запрошено слишком много"
    with crowded(app, "a"):
        assert told(refuse_at_once(app, asked("/jobs/a"), "a"))[:2] == (503, "text/plain")
        for target, status, mimetype in [
            ("/status/a", 503, "application/json"),
            ("/api/v1/jobs/a/transcript", 503, "application/problem+json"),
        ]:
            found = told(refuse_at_once(app, asked(target), "a"))
            assert found[:2] == (status, mimetype)
            assert english in json.dumps(json.loads(found[2]))
        assert english in told(refuse_at_once(app, asked("/jobs/a"), "a"))[2]
        for line in ("Accept-Language: ru", "Cookie: x=y; language=ru"):
            assert russian in told(refuse_at_once(app, asked("/jobs/a", line), "a"))[2]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "holder"),
    [
        (1, "a", "a"),
        (1, "b, a", "a"),
        (2, "a, proxy", "a"),
        (2, "b", "peer"),
        (1, "", "peer"),
    ],
)
def test_behind_proxies_it_is_the_client_who_is_refused(
    make_app: Callable[..., Flask], proxies: int, forwarded: str, holder: str
) -> None:
    app = make_app(proxies=proxies)
    data = asked("/jobs/a", f"X-Forwarded-For: {forwarded}")
    with crowded(app, "someone else"):
        assert refuse_at_once(app, data, "peer") is None
    with crowded(app, holder):
        assert told(refuse_at_once(app, data, "peer"))[0] == 503


def test_the_log_says_it_once_a_minute(app: Flask) -> None:
    with crowded(app, "a"), capture_logs() as lines:
        for _ in range(50):
            refuse_at_once(app, asked("/jobs/a"), "a")
    assert [line["address"] for line in lines] == ["a"]


def test_every_view_that_waits_in_line_is_known_by_its_endpoint(app: Flask) -> None:
    sources = (TOP / "app" / "web").rglob("*.py")
    n_views = sum(source.read_text(encoding="utf-8").count("\n@in_turn\n") for source in sources)
    assert len({view for view in app.view_functions.values() if is_in_turn(view)}) == n_views > 20
