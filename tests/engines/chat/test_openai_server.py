"""The engine against a real HTTP server that answers, refuses, is busy, hangs, breaks off or babbles."""

import logging
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from app.documents.minutes import Minutes
from app.engines.base import SummarizeOptions
from app.engines.chat.openai_server import OpenAIServer
from app.engines.extractive import Extractive
from app.errors import EngineUnavailable, JobCancelled
from tests.engines.chat.scripted_server import Behaviour, Handler, Server, chat, good, listening
from tests.meetings import meeting
from tests.waiting import SOON_S

RU = meeting("ru_release").transcript
KEY = "sk-very-secret-0123456789"


def status(code: int, **headers: str) -> Behaviour:
    return lambda handler: handler.json(code, {"error": {"message": f"key {KEY} is bad"}}, **headers)


def hang(handler: Handler) -> None:
    handler.server.gone.wait(30)


def break_off(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [{"mess')
    handler.close_connection = True


def flood(handler: Handler) -> None:
    handler.text(200, " " * (5 * 2**20))


@pytest.fixture
def server() -> Iterator[Server]:
    with listening() as listens:
        yield listens


def engine(
    server: Server, *, auto: bool = False, model: str | None = "qwen3", timeout_s: float = 20.0
) -> OpenAIServer:
    url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    return OpenAIServer(url, model, KEY, timeout_s, Extractive() if auto else None, wait_s=0.01)


def minutes_of(summarizer: OpenAIServer) -> Minutes:
    return summarizer.summarize(RU, SummarizeOptions(), lambda fraction: None)


def test_a_server_writes_minutes_and_is_named(server: Server) -> None:
    minutes = minutes_of(engine(server))
    assert minutes.engine == "qwen3 (127.0.0.1)"
    assert minutes.topics[0].points
    assert server.keys == [f"Bearer {KEY}"]
    assert server.bodies[0]["model"] == "qwen3"
    assert server.bodies[0]["temperature"] == 0
    assert server.bodies[0]["response_format"]["type"] == "json_schema"
    assert "<transcript>" in server.bodies[0]["messages"][1]["content"]


def test_without_a_model_name_the_first_that_the_server_lists_is_asked(server: Server) -> None:
    assert minutes_of(engine(server, model=None)).engine == "qwen3 (127.0.0.1)"
    assert server.paths == ["/v1/models", "/v1/chat/completions"]


def test_a_server_that_knows_no_json_schema_is_asked_plainly_and_remembered(server: Server) -> None:
    server.script = [status(400), good]
    asking = engine(server)
    assert minutes_of(asking).topics
    assert minutes_of(asking).topics
    assert ["response_format" in body for body in server.bodies] == [True, False, False]


def test_a_model_that_takes_no_temperature_is_asked_without(server: Server) -> None:
    server.script = [status(400), status(400), good]
    assert minutes_of(engine(server)).topics
    assert "temperature" not in server.bodies[2]


@pytest.mark.parametrize("busy", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(server: Server, busy: int) -> None:
    server.script = [status(busy), status(busy), good]
    assert minutes_of(engine(server)).engine == "qwen3 (127.0.0.1)"
    assert len(server.bodies) == 3


def test_retry_after_is_kept(server: Server) -> None:
    server.script = [status(429, Retry_After="0.4"), good]
    begun = time.monotonic()
    minutes_of(engine(server))
    assert time.monotonic() - begun >= 0.4


def test_a_server_that_wants_an_hour_is_not_waited_for(server: Server) -> None:
    server.script = [status(429, Retry_After="3600")]
    with pytest.raises(EngineUnavailable, match="HTTP 429"):
        minutes_of(engine(server))


def test_a_connection_that_breaks_off_is_tried_again(server: Server) -> None:
    server.script = [break_off, good]
    assert minutes_of(engine(server)).engine == "qwen3 (127.0.0.1)"


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (status(500), "HTTP 500"),
        (status(401), "HTTP 401"),
        (status(403), "HTTP 403"),
        (status(404), "HTTP 404"),
        (status(302, Location="http://127.0.0.1:1/"), "HTTP 302"),
        (status(400), "HTTP 400"),
        (break_off, "no connection"),
        (hang, "no answer within 1 s"),
        (flood, "more than 4 MB"),
        (lambda handler: handler.text(200, "<html>Login</html>"), "an answer of another kind"),
        (lambda handler: handler.json(200, {"choices": []}), "an answer of another kind"),
        (lambda handler: handler.json(200, ["?"]), "an answer of another kind"),
    ],
)
def test_a_server_that_was_chosen_and_fails_is_one_clear_sentence_and_auto_falls_back(
    server: Server, behaviour: Behaviour, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.script = [behaviour]
    caplog.set_level(logging.DEBUG)
    with pytest.raises(EngineUnavailable) as error:
        minutes_of(engine(server, timeout_s=1))
    assert reason in str(error.value)
    assert "KONSPEKT_LLM_URL" in str(error.value)
    fallen_back = minutes_of(engine(server, auto=True, timeout_s=1))
    assert fallen_back.engine == "extractive"
    assert fallen_back.decisions
    assert KEY not in caplog.text
    assert KEY not in str(error.value)
    assert KEY not in repr(error.value.__cause__)


def test_a_server_that_is_not_there_is_said(server: Server) -> None:
    nowhere = OpenAIServer("http://127.0.0.1:9/v1", None, KEY, 5, wait_s=0.001)
    with pytest.raises(EngineUnavailable, match=r"127\.0\.0\.1 gave no usable answer \(no connection\)"):
        minutes_of(nowhere)


@pytest.mark.parametrize("content", [None, "", "Не могу.", '{"topics": 1}'])
def test_a_server_whose_model_writes_nonsense_leaves_the_extractive_minutes(
    server: Server, content: str | None
) -> None:
    server.script = [chat(content)]
    assert minutes_of(engine(server)).engine == "extractive"
    assert len(server.bodies) == 2


def test_a_server_that_goes_away_half_way_keeps_what_it_wrote(server: Server) -> None:
    asking = engine(server, auto=True)
    long = meeting("ru_release").transcript
    segments = tuple(segment for _ in range(6) for segment in long.segments)
    server.script = [good, status(401)]
    minutes = asking.summarize(
        type(long)(segments, "ru", "test", long.duration_s), SummarizeOptions(), lambda fraction: None
    )
    assert re.fullmatch(r"qwen3 \(127\.0\.0\.1\) \(1/(\d)\), extractive \(\d/\1\)", minutes.engine)


def test_a_cancelled_job_leaves_a_server_that_hangs_within_two_seconds(server: Server) -> None:
    server.script = [hang]
    begun = time.monotonic()

    def progress(fraction: float) -> None:
        if server.bodies:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        engine(server).summarize(RU, SummarizeOptions(), progress)
    assert time.monotonic() - begun < SOON_S
    left = [thread for thread in threading.enumerate() if thread.name.startswith("konspekt-llm-http")]
    for thread in left:
        thread.join(SOON_S)
    assert not any(thread.is_alive() for thread in left)


def test_a_netrc_file_is_not_sent_instead_of_the_key(
    server: Server, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    minutes_of(engine(server))
    assert server.keys == [f"Bearer {KEY}"]
