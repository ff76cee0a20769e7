"""Heads that are read without gunicorn's parser, and the answers to them."""

from email.parser import Parser
from http import HTTPStatus

import pytest
from flask import Flask

from app.web.core.head import read_head

USUAL = b"GET /jobs/a?b=c HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n"


def test_a_usual_head_is_read(app: Flask) -> None:
    head = read_head(USUAL, app)
    assert head is not None
    assert (head.method, head.target, head.is_kept) == ("GET", "/jobs/a?b=c", True)
    assert head.fields == {"host": "localhost", "accept": "text/html"}


@pytest.mark.parametrize(
    "data",
    [
        USUAL.replace(b"GET", b"POST"),
        USUAL.replace(b"GET", b"get"),
        USUAL.replace(b"/jobs", b"http://localhost/jobs"),
        USUAL.replace(b"GET /jobs/a", b"GET  /jobs/a"),
        USUAL.replace(b"1.1", b"1.0"),
        USUAL.replace(b"Host: localhost", b"Host: evil.example"),
        USUAL.replace(b"Accept", b"Content-Length"),
        USUAL + USUAL,
        b"\r\n" + USUAL,
        b"\r\n\r\n",
        USUAL[:-2],
    ],
)
def test_what_is_odd_or_brings_more_is_left_to_others(app: Flask, data: bytes) -> None:
    app.config["TRUSTED_HOSTS"] = ["localhost"]
    assert read_head(USUAL, app) is not None
    assert read_head(data, app) is None


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_answer_is_whole_and_says_whether_the_connection_goes_on(
    app: Flask, method: str, kept: bool
) -> None:
    connection = b"Keep-Alive" if kept else b"close"
    data = USUAL.replace(b"GET", method.encode()).replace(b"Accept: text/html", b"Connection: " + connection)
    head = read_head(data, app)
    assert head is not None
    answer, goes_on = head.answered(
        app, HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"full", {"X-More": "1"}
    )
    start, _, body = answer.partition(b"\r\n\r\n")
    first, _, lines = start.partition(b"\r\n")
    fields = Parser().parsestr(lines.decode())
    assert first == b"HTTP/1.1 503 Service Unavailable"
    assert body == (b"full" if method == "GET" else b"")
    assert (fields["Content-Length"], fields["X-More"], fields["X-Frame-Options"]) == ("4", "1", "DENY")
    assert (fields["Connection"] == "keep-alive") == goes_on == kept
