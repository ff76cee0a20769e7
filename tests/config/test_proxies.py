"""A company's proxy does not know this machine's own servers, and is not asked for them."""

import os

import pytest
import requests

from app.config.proxies import ask_this_machine_directly
from tests.engines.chat.scripted_server import listening

NOBODY = "http://127.0.0.1:9"  # nothing listens at the port of `discard`


@pytest.fixture(autouse=True)
def proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "" if "no" in name.lower() else NOBODY)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_what_runs_here_is_asked_directly(host: str) -> None:
    with listening() as server:
        address = f"http://{host}:{server.server_port}/models"
        with pytest.raises(requests.ConnectionError):
            requests.get(address, timeout=60)
        ask_this_machine_directly()
        assert requests.get(address, timeout=60).json()["data"]


@pytest.mark.parametrize(
    ("name", "said", "kept"),
    [
        ("no_proxy", "models.corp, 10.0.0.7", "models.corp, 10.0.0.7,localhost,127.0.0.1,::1"),
        ("NO_PROXY", "localhost", "localhost,127.0.0.1,::1"),
        ("no_proxy", "*", "*"),
    ],
)
def test_what_people_said_is_kept(monkeypatch: pytest.MonkeyPatch, name: str, said: str, kept: str) -> None:
    monkeypatch.setenv(name, said)
    ask_this_machine_directly()
    ask_this_machine_directly()
    assert {requests.utils.get_environ_proxies("http://elsewhere.example").get("http")} == {
        None if said == "*" else NOBODY
    }
    assert os.environ[name] == kept
