"""Pages, styles and scripts are sent small; what a program compares or plays is sent as it is."""

import gzip
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from tests.web.core.test_security import config

STYLES = "/static/konspekt.css"


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers=named, buffered=True)  # read and closed


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return create_app(config(tmp_path)).test_client()


@pytest.mark.parametrize(
    "path", ["/live", STYLES, "/bootstrap/static/css/bootstrap.min.css", "/static/icons.svg"]
)
def test_what_pages_need_is_compressed(client: FlaskClient, path: str) -> None:
    whole = get(client, path)
    small = get(client, path, Accept_Encoding="gzip")
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert len(small.data) < 0.5 * len(whole.data)
    if path.startswith(("/static", "/bootstrap")):
        assert gzip.decompress(small.data) == whole.data


def test_who_cannot_read_it_gets_it_plain(client: FlaskClient) -> None:
    assert "Content-Encoding" not in get(client, STYLES).headers
    assert "Content-Encoding" not in get(client, STYLES, Accept_Encoding="identity").headers


@pytest.mark.parametrize("path", [STYLES, "/bootstrap/static/css/bootstrap.min.css"])
def test_a_browser_that_has_it_is_told_so(client: FlaskClient, path: str) -> None:
    first = get(client, path, Accept_Encoding="gzip, deflate, br")
    again = get(client, path, Accept_Encoding="gzip, deflate, br", If_None_Match=first.headers["ETag"])
    assert first.headers["ETag"].startswith("W/"), "other bytes that say the same"
    assert (again.status_code, again.data) == (304, b"")


def test_a_part_is_sent_plain(client: FlaskClient) -> None:
    part = get(client, STYLES, Accept_Encoding="gzip", Range="bytes=0-2000")
    assert part.status_code == 206
    assert "Content-Encoding" not in part.headers


def test_answers_of_the_api_stay_as_they_are(client: FlaskClient) -> None:
    answer = get(client, "/v1/models", Accept_Encoding="gzip")
    assert "Content-Encoding" not in answer.headers
    assert json.loads(answer.data)
