"""A program sends a recording in pieces, as tus clients do, and makes a job of it."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.core.context import konspekt

TUS = {"Tus-Resumable": "1.0.0"}
NAME = "совещание.wav"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def piece(client: FlaskClient, address: str, at: int, data: bytes, **headers: str) -> int:
    sent = {**TUS, "Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream", **headers}
    return client.patch(address, data=data, headers=sent).status_code


def begun(client: FlaskClient, n_bytes: int, **headers: str) -> str:
    metadata = f"filename {b64encode(NAME.encode()).decode()}"
    told = {**TUS, "Upload-Length": str(n_bytes), "Upload-Metadata": metadata, **headers}
    answer = client.post("/api/v1/uploads", headers=told)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def test_pieces_become_one_job_however_often_it_is_asked_for(client: FlaskClient, tone: bytes) -> None:
    assert client.options("/api/v1/uploads").headers["Tus-Version"] == "1.0.0"
    address = begun(client, len(tone))
    assert piece(client, address, 0, tone[:1000]) == 204
    assert piece(client, address, 0, tone[:1000]) == 409, "it goes on where it was"
    assert client.head(address, headers=TUS).headers["Upload-Offset"] == "1000"
    wanted = {"upload": address.rpartition("/")[2], "language": "ru"}
    early = client.post("/api/v1/jobs", json=wanted)
    assert (early.status_code, early.json["code"]) == (409, "conflict")
    assert piece(client, address, 1000, tone[1000:]) == 204
    made, again = (client.post("/api/v1/jobs", json=wanted) for _ in range(2))
    assert (made.status_code, made.json["name"], made.json["language"]) == (202, NAME, "ru")
    assert again.json["id"] == made.json["id"]
    assert client.head(address, headers=TUS).status_code == 404
    assert client.post("/api/v1/jobs", json={"upload": "0" * 32}).status_code == 404


def test_with_an_idempotency_key_a_lost_answer_is_asked_for_again(client: FlaskClient, tone: bytes) -> None:
    address = begun(client, len(tone))
    assert piece(client, address, 0, tone) == 204
    wanted, key = {"upload": address.rpartition("/")[2], "name": "board"}, {"Idempotency-Key": "one"}
    made, again = (client.post("/api/v1/jobs", json=wanted, headers=key) for _ in range(2))
    assert (made.json["id"], again.headers["Idempotency-Replayed"]) == (again.json["id"], "true")
    assert made.json["name"] == "board"
    other = client.post("/api/v1/jobs", json={**wanted, "name": "another"}, headers=key)
    assert other.status_code == 409


def test_an_upload_is_its_keys_alone(make_app: Callable[..., Flask], tone: bytes) -> None:
    app = make_app()
    client, keys = app.test_client(), konspekt(app).integrations.api_keys
    ours, theirs = (
        {"Authorization": f"Bearer {keys.add(name, 'write', datetime.now(UTC))[1]}"} for name in ("a", "b")
    )
    address = begun(client, len(tone), **ours)
    assert piece(client, address, 0, tone, **theirs) == 404
    assert piece(client, address, 0, tone) == 401
    assert client.delete(address, headers={**TUS, **theirs}).status_code == 404
    assert client.delete(address, headers={**TUS, **ours}).status_code == 204


def test_a_refusal_says_in_its_headers_that_tus_is_spoken_and_why_in_one_form(client: FlaskClient) -> None:
    address = begun(client, 10)
    for answer, status, code in (
        (client.head(address), 412, None),
        (client.patch(address, headers=TUS, data=b"x"), 415, "unsupported_media_type"),
        (client.delete("/api/v1/uploads/none", headers=TUS), 404, "not_found"),
        (client.post("/api/v1/uploads", headers=TUS), 422, "unprocessable_entity"),
    ):
        assert (answer.status_code, answer.headers["Tus-Resumable"]) == (status, "1.0.0")
        if code:
            assert (answer.mimetype, answer.json["code"]) == ("application/problem+json", code)
