"""Headers, hosts and the signing key."""

import socket
import stat
from pathlib import Path

import pytest
from flask import request
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from app import create_app
from app.config import Config
from app.web.core.client_socket import ClientSocket
from app.web.core.places import Places
from app.web.core.security import secret_key


def config(folder: Path, **settings: object) -> Config:
    folders = {f"{name}_dir": folder / name for name in ("uploads", "results", "models", "data")}
    return Config.model_validate({**folders, **settings})


def test_every_answer_carries_the_headers(tmp_path: Path) -> None:
    answer = create_app(config(tmp_path)).test_client().get("/nothing")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_foreign_host_name_is_refused(tmp_path: Path) -> None:
    client = create_app(config(tmp_path, trusted_hosts=["notes.example"])).test_client()
    assert client.get("/health", base_url="http://evil.example").status_code == 400
    assert client.get("/health", base_url="http://notes.example").status_code == 200
    assert client.get("/health", base_url="http://127.0.0.1:5000").status_code == 200, (
        "its supervisor's name for it"
    )


@pytest.mark.parametrize(
    ("settings", "host", "status"),
    [
        ({}, "evil.example", 400),
        ({}, "localhost:5000", 200),
        ({}, "127.0.0.1:5000", 200),
        ({"host": "::1"}, "[::1]:5000", 200),
        ({"host": "0.0.0.0"}, "notes.example", 200),
        ({"proxies": 1}, "notes.example", 200),
    ],
)
def test_on_this_machine_only_its_own_names_are_answered(
    tmp_path: Path, settings: dict[str, object], host: str, status: int
) -> None:
    client = create_app(config(tmp_path, **settings)).test_client()
    assert client.get("/health", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("headers", [{"Accept": "text/html"}, {"HX-Request": "true"}, {}])
@pytest.mark.parametrize("path", ["/", "/jobs/a", "/nothing", "/queue"])
def test_who_asks_by_a_foreign_name_hears_so_in_a_line_and_fills_no_log(
    foreign: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    with capture_logs() as lines:
        answer = foreign.get(path, headers={"Host": "evil.example", **headers})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert "could not be understood" in answer.text
    assert [line["event"] for line in lines if line["log_level"] == "error"] == []


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return create_app(config(tmp_path_factory.mktemp("program"))).test_client()


def test_forwarded_headers_are_believed_only_from_a_configured_proxy(tmp_path: Path) -> None:
    headers = {"X-Forwarded-Host": "evil.example"}
    for proxies, status in ((0, 200), (1, 400)):
        app = create_app(config(tmp_path, trusted_hosts=["localhost"], proxies=proxies))
        assert app.test_client().get("/health", headers=headers).status_code == status


def test_behind_two_proxies_the_client_and_his_https_are_known(tmp_path: Path) -> None:
    app = create_app(config(tmp_path, proxies=2))
    seen: list[tuple[str | None, str]] = []
    app.before_request(lambda: seen.append((request.remote_addr, request.scheme)))
    headers = {"X-Forwarded-For": "a lie, 192.0.2.7, 10.0.0.2", "X-Forwarded-Proto": "https"}
    app.test_client().get("/health", headers=headers)
    assert seen == [("192.0.2.7", "https")]


def test_behind_a_proxy_each_client_has_places_of_his_own(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    places = Places(None, 1)
    for proxies, address in ((0, "10.0.0.1"), (1, "192.0.2.7")):
        app = create_app(config(tmp_path, proxies=proxies))
        with ClientSocket.of(ours.dup(), "10.0.0.1", places, Places(None, None)) as client:
            environ = {"gunicorn.socket": client, "REMOTE_ADDR": "10.0.0.1"}
            headers = {"X-Forwarded-For": "198.51.100.1, 192.0.2.7"}  # the first is what the client claimed
            app.test_client().get("/queue", headers=headers, environ_base=environ)
            assert client.address == address
            client.keep_place()
            assert not places.take(address)
            assert places.take("another")
            places.leave("another")
            client.address = "another"  # the next request on a connection that a proxy keeps open
            client.leave_place()
            assert places.take(address)
            places.leave(address)
    ours.close()
    theirs.close()


def test_the_signing_key_is_made_once_and_only_ours(tmp_path: Path) -> None:
    settings = config(tmp_path)
    settings.data_dir.mkdir()
    key = secret_key(settings)
    path = settings.data_dir / "secret.key"
    assert len(key) == 64
    assert secret_key(settings) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(settings.data_dir.iterdir()) == [path]


def test_a_given_signing_key_is_taken(tmp_path: Path) -> None:
    assert secret_key(config(tmp_path, secret_key="k" * 32)) == "k" * 32


def test_cookies_are_for_https_only_where_that_is_set(tmp_path: Path) -> None:
    app = create_app(config(tmp_path, secure_cookies=True))
    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert "Strict-Transport-Security" in app.test_client().get("/health").headers


@pytest.mark.parametrize("path", ["/health", "/static/nothing.js"])
def test_no_answer_may_be_framed(tmp_path: Path, path: str) -> None:
    assert create_app(config(tmp_path)).test_client().get(path).headers["X-Frame-Options"] == "DENY"
