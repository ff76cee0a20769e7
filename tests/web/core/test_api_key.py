import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.web.core.api_key import is_known, is_open_to_others, keyed
from app.web.core.context import konspekt
from tests.web.core.test_health import make_app


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ("Bearer the key", True),
        ("Bearer  the key ", True),
        ("Bearer other", False),
        ("", False),
        ("the key", False),
    ],
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


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),  # a program: only the body is wrong
        ({"Origin": "http://localhost"}, 400),
        ({"Sec-Fetch-Site": "same-origin"}, 400),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:8080"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["/encode_audio", "/api/vectors", "/api/clean", "/v1/audio/speech"])
def test_without_a_key_pages_of_other_sites_start_nothing(
    tmp_path: Path, path: str, headers: dict[str, str], status: int
) -> None:
    client = make_app(tmp_path).test_client()
    assert client.post(path, headers=headers, json=[]).status_code == status


def test_a_key_that_was_made_closes_the_api_and_owns_what_it_makes(tmp_path: Path) -> None:
    app = make_app(tmp_path, host="0.0.0.0")
    assert is_open_to_others(konspekt(app))
    keys, now = konspekt(app).integrations.api_keys, datetime.now(UTC)
    mine, yours, readers = (
        {"Authorization": f"Bearer {keys.add(name, scope, now)[1]}"}
        for name, scope in (("mine", "write"), ("yours", "write"), ("mine", "read"))
    )
    assert not is_open_to_others(konspekt(app))
    client, body = app.test_client(), {"records": ["https://example.org/a.mp4"]}
    unknown = client.post("/api/vectors", json=body)
    assert unknown.status_code == 401
    assert unknown.headers["WWW-Authenticate"] == "Bearer"
    made = client.post("/api/vectors", json=body, headers=mine)
    assert made.status_code == 202, made.text
    address = made.json["url"]
    assert client.get(address, headers=mine).status_code == 200
    assert client.get(address, headers=readers).status_code == 200
    assert client.get(address, headers=yours).status_code == 404
    refused = client.post("/api/vectors", json=body, headers=readers)
    assert refused.status_code == 403
    assert "--scope write" in refused.json["error"]["message"]
    for key in keys.all():
        keys.revoke(key.id, now)
    assert client.get(address, headers=mine).status_code == 401
    assert client.get(address).status_code == 401


FOREIGN = ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"})


def test_whatever_changes_something_is_refused_to_pages_of_other_sites(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    changing = [
        (method, re.sub("<[^>]+>", "0" * 32, rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    ]
    assert len(changing) > 10
    for method, path in changing:
        for headers in FOREIGN:
            options = {
                "headers": {"Tus-Resumable": "1.0.0", **headers},
                "data": b"{}",
                "content_type": "multipart/form-data; boundary=b",
            }
            status = app.test_client().open(path, method=method, **options).status_code
            assert status in (400, 403), path  # a page of ours has a token, which others cannot read


@pytest.mark.parametrize("path", ["/encode_audio", "/api/vectors", "/api/clean", "/v1/audio/speech"])
def test_json_too_deep_to_be_read_is_a_wrong_request(tmp_path: Path, path: str) -> None:
    client = make_app(tmp_path).test_client()
    answer = client.post(path, data="[" * 100_000, content_type="application/json")
    assert answer.status_code == 400


def test_the_folders_of_recordings_are_closed_to_others(tmp_path: Path) -> None:
    config = make_app(tmp_path).extensions["konspekt"].config
    for folder in (config.data_dir, config.uploads_dir, config.results_dir):
        assert folder.stat().st_mode & 0o777 == 0o700
