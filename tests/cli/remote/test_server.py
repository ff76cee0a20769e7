"""A server that is away, busy, or none of ours."""

import json
from http.server import BaseHTTPRequestHandler

import click
import pytest

from app.cli.remote.server import LONGEST_PAUSE_S, Server
from tests.serving import serving


class Site(BaseHTTPRequestHandler):
    """Answers with what the test has in store, by turns."""

    site: list[tuple[int, dict[str, str], bytes]]

    def do_POST(self) -> None:
        keys.append(self.headers["Idempotency-Key"])
        self.rfile.read(int(self.headers["Content-Length"]))
        status, headers, body = self.site.pop(0)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


keys: list[str] = []
JOB = (202, {}, json.dumps({"id": "1"}).encode())


@pytest.fixture(autouse=True)
def no_keys() -> None:
    keys.clear()


Answers = list[tuple[int, dict[str, str], bytes]]


def sent(answers: Answers) -> tuple[object, list[float]]:
    """Send an address to a server that answers so; return the job, or why there is none, and the pauses."""
    pauses: list[float] = []
    with serving(Site, answers) as port:
        server = Server(f"http://127.0.0.1:{port}", "key", pauses.append)
        try:
            return server.send({"url": "http://example.org/a.mp4"}), pauses
        except click.ClickException as refused:
            return refused.message, pauses
        finally:
            server.close()


def test_a_busy_server_is_asked_again_when_it_says_and_makes_one_job() -> None:
    job, pauses = sent(
        [(503, {"Retry-After": "7"}, b""), (429, {"Retry-After": "9999"}, b""), (502, {}, b""), JOB]
    )
    assert job == {"id": "1"}
    assert pauses == [7, LONGEST_PAUSE_S, 4]
    assert len(set(keys)) == 1, "the same request, so that it is one job"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((422, {}, b'{"detail": "The file is empty."}'), "The file is empty."),
        ((404, {}, b"<html>"), "may be no Konspekt"),
        ((200, {}, b"<html>"), "may be no Konspekt"),
        ((401, {}, b""), "KONSPEKT_KEY"),
    ],
)
def test_what_is_refused_is_not_asked_again(answer: tuple[int, dict[str, str], bytes], said: str) -> None:
    told, pauses = sent([answer])
    assert said in str(told)
    assert not pauses


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "localhost:5000", "http://[::1"])
def test_a_server_that_is_not_there_is_named(address: str) -> None:
    with pytest.raises(click.ClickException, match="KONSPEKT_SERVER"):
        Server(address, None, lambda _: None).job("1")
