from pathlib import Path

import pytest

from app.web.core.api_key import is_known, keyed
from tests.web.core.test_health import make_app


@pytest.mark.parametrize(
    ("header", "known"),
    [("Bearer the key", True), ("Bearer  the key ", True), ("Bearer other", False), ("", False)],
)
def test_only_the_key_of_the_settings_is_taken(tmp_path: Path, header: str, known: bool) -> None:
    app = make_app(tmp_path, api_key="the key")
    with app.test_request_context(headers={"Authorization": header}):
        assert is_known() is known


def test_without_a_key_in_the_settings_any_is_taken(tmp_path: Path) -> None:
    with make_app(tmp_path).test_request_context():
        assert is_known()


def test_a_keyed_view_is_not_entered_without_the_key(tmp_path: Path) -> None:
    app = make_app(tmp_path, api_key="the key")
    app.add_url_rule("/keyed", view_func=keyed(lambda: "entered"), endpoint="keyed")
    client = app.test_client()
    assert client.get("/keyed").status_code == 401
    assert client.get("/keyed", headers={"Authorization": "Bearer the key"}).text == "entered"
