"""Errors say what happened in the form that the asker reads."""

import errno
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, redirect
from flask.testing import FlaskClient
from flask_babel import Babel

from app.errors import BadInput, EngineUnavailable, Overloaded
from app.web.core import errors
from app.web.core.problem import wrong_fields

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
JSON = {"Accept": "application/json"}


def raises(error: Exception) -> Callable[[], str]:
    def view() -> str:
        raise error

    return view


@pytest.fixture
def client() -> Iterator[FlaskClient]:
    app = Flask("app", template_folder="../templates")
    Babel(app)
    errors.init_app(app)
    rules: dict[str, Exception] = {
        "/bad": BadInput("%(name)s has no sound.", name="<b>100% кот</b>.mp3"),
        "/full": Overloaded("Please come back in %(retry_after_s)s s.", retry_after_s=90),
        "/lacking": EngineUnavailable("Get Whisper."),
        "/bug": RuntimeError("a secret detail"),
        "/cut": BlockingIOError(errno.EAGAIN, "timed out"),
        "/disk": OSError(errno.ENOSPC, "No space left on device"),
        "/locked": PermissionError(errno.EACCES, "Permission denied", "/srv/secret/uploads/x"),
        "/frozen": OSError(errno.EROFS, "Read-only file system", "/srv/secret/uploads/x"),
    }
    for rule, error in rules.items():
        app.add_url_rule(rule, rule, raises(error))
        app.add_url_rule(f"/v1{rule}", f"v1{rule}", raises(error))
    app.add_url_rule("/old", "old", lambda: redirect("/new"))
    with app.test_client() as client:
        yield client


def test_a_browser_reads_a_page(client: FlaskClient) -> None:
    answer = client.get("/bad", headers=HTML)
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"
    assert "&lt;b&gt;100% кот&lt;/b&gt;.mp3 has no sound." in answer.text


def test_a_program_reads_json(client: FlaskClient) -> None:
    answer = client.get("/bad", headers=JSON)
    assert answer.json == {
        "error": {"message": "<b>100% кот</b>.mp3 has no sound.", "code": "unprocessable_entity"}
    }


def test_htmx_reads_a_page_whatever_it_accepts(client: FlaskClient) -> None:
    answer = client.get("/bad", headers={"HX-Request": "true", **JSON})
    assert answer.mimetype == "text/html"


def test_who_reads_no_pages_is_told_in_a_line(client: FlaskClient) -> None:
    answer = client.get("/full", headers={"Accept": "text/event-stream"})
    assert (answer.status_code, answer.headers["Retry-After"], answer.mimetype) == (503, "90", "text/plain")
    assert answer.text == "Please come back in 90 s."


def test_an_overload_says_when_to_come_back(client: FlaskClient) -> None:
    answer = client.get("/full", headers=JSON)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "90"
    assert answer.json["error"]["retry_after_s"] == 90


def test_what_the_server_lacks_no_client_of_openai_asks_for_again(client: FlaskClient) -> None:
    answer = client.get("/v1/lacking")
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "engine_unavailable")
    assert answer.json["error"]["message"] == "Get Whisper."
    assert client.get("/lacking", headers=JSON).status_code == 503
    assert client.get("/v1/full").status_code == 429


def test_fields_within_others_are_named_with_their_path() -> None:
    reasons = {"input": {"item_id": ["Missing."], "_schema": ["Wrong."]}, "records": {0: {"url": ["No."]}}}
    assert [*wrong_fields(reasons)] == [
        ("input.item_id", "Missing."),
        ("input", "Wrong."),
        ("records.0.url", "No."),
    ]


def test_the_openai_api_answers_in_openais_form(client: FlaskClient) -> None:
    error = client.get("/v1/bad").json["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"


@pytest.mark.parametrize("headers", [HTML, JSON])
def test_a_bug_shows_an_incident_and_no_detail(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.get("/bug", headers=headers)
    assert answer.status_code == 500
    assert "logged as" in answer.text
    assert "secret detail" not in answer.text


def test_a_bug_is_raised_in_a_test(client: FlaskClient) -> None:
    client.application.testing = True
    with pytest.raises(RuntimeError, match="a secret detail"):
        client.get("/bug")


def test_a_client_that_stops_sending_is_told_so(client: FlaskClient) -> None:
    assert client.get("/cut", headers=JSON).status_code == 408


def test_a_full_disk_is_no_bug(client: FlaskClient) -> None:
    assert client.get("/disk", headers=JSON).status_code == 507


@pytest.mark.parametrize("path", ["/locked", "/frozen"])
def test_a_folder_that_cannot_be_written_is_no_bug_and_no_path_is_told(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path, headers=JSON)
    assert answer.status_code == 507
    assert "may not write" in answer.text
    assert "secret" not in answer.text


def test_a_redirect_is_no_error(client: FlaskClient) -> None:
    assert client.get("/old", headers=HTML).status_code == 302


def test_a_broken_error_page_still_says_what_happened(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_values: object) -> str:
        raise RuntimeError("no such block")

    monkeypatch.setattr(errors, "render_template", broken)
    assert "кот&lt;/b&gt;.mp3 has no sound." in client.get("/bad", headers=HTML).text


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.post("/bad", headers=JSON)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
