"""Every address of the program, asked by those who have no right to another's recording.

A new route must be listed here, with what strangers get; a test fails until it is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.pipeline import stages_of
from app.web.core.context import konspekt
from tests.web.account import browser, new_account, signed_in
from tests.web.visitor import Visitor

SECRET = "тайное совещание"
KEY = "the-right-key"

# method and rule: the status that a stranger gets (without a cookie, with a forged one), then another visitor
EXPECTED: dict[str, tuple[int, int]] = {
    # the same for everybody, and nothing of anybody's
    "GET /": (200, 200),
    "GET /queue": (200, 200),
    "GET /jobs/room": (204, 204),
    "GET /recordings": (200, 200),
    "GET /vectors": (200, 200),
    "GET /voices": (200, 200),
    "GET /language/<code>": (404, 404),
    "GET /static/<path:filename>": (404, 404),
    "GET /bootstrap/static/<path:filename>": (404, 404),
    "GET /health": (200, 200),
    "GET /ready": (503, 503),
    "GET /openapi.json": (200, 200),
    "GET /docs": (200, 200),
    "GET /speak": (200, 200),
    "GET /lab": (200, 200),
    "GET /lab/<file>": (404, 404),
    "GET /lab/report": (200, 200),
    "GET /lab/labels": (200, 200),
    "GET /lab/labels/<corpus>": (404, 404),
    "GET /lab/labels/<corpus>/<name>.wav": (404, 404),
    "GET /live": (200, 200),
    "GET /whisper": (200, 200),
    "GET /models": (200, 200),
    "GET /models/list": (200, 200),
    "GET /manifest.webmanifest": (200, 200),
    "GET /worker.js": (200, 200),
    "GET /offline": (200, 200),
    "POST /share": (403, 403),
    "GET /asyncapi.json": (200, 200),
    "GET /v1/realtime": (400, 400),  # no WebSocket; tests/web/live/test_foreign.py asks as one
    "GET /v1/listen": (405, 405),  # without WebSocket it takes POST
    "GET /ws/transcribe": (400, 400),  # no WebSocket; tests/web/live/test_endpoint.py asks as one
    # there are none without accounts
    "GET /login": (404, 404),
    "GET /login/oidc": (404, 404),
    "GET /login/oidc/callback": (404, 404),
    "GET /settings": (404, 404),
    "GET /settings/server": (404, 404),
    "GET /settings/keys": (404, 404),
    # one's own only
    "GET /events": (404, 200),
    "GET /recordings/zip": (422, 422),
    "GET /jobs/<job_id>": (404, 404),
    "GET /jobs/<job_id>/events": (404, 404),
    "GET /jobs/<job_id>/download/<file>": (404, 404),
    "GET /jobs/<job_id>/poster.jpg": (404, 404),
    "GET /jobs/<job_id>/vector/<file>": (404, 404),
    "GET /jobs/<job_id>/sound/<file>": (404, 404),
    "GET /shared/<token>": (404, 404),
    "GET /shared/<token>/transcript": (404, 404),
    "GET /shared/<token>/listen": (404, 404),
    "GET /shared/<token>/watch": (404, 404),
    "GET /shared/<token>/download/<file>": (404, 404),
    "GET /jobs/<job_id>/listen": (404, 404),
    "GET /jobs/<job_id>/watch": (404, 404),
    "GET /jobs/<job_id>/picture": (404, 404),
    "GET /jobs/<job_id>/transcript": (404, 404),
    "GET /jobs/<job_id>/versions": (404, 404),
    "GET /jobs/<job_id>/clips": (404, 404),
    "GET /jobs/<job_id>/clips/<clip_id>/<kind>": (404, 404),
    "GET /api/jobs/<job_id>/deliveries": (401, 404),
    "GET /live/<job_id>/download/<file>": (404, 404),
    "GET /api/similar": (400, 400),
    "GET /jobs/<job_id>/list/<file>": (404, 404),
    # with a token of one's own page only, and then one's own only
    "POST /jobs": (400, 422),
    "POST /uploads": (400, 412),
    "POST /api/v1/uploads": (401, 401),
    "PATCH /api/v1/uploads/<upload_id>": (401, 401),
    "DELETE /api/v1/uploads/<upload_id>": (401, 401),
    "POST /links": (400, 422),
    "GET /direct-uploads/<upload_id>": (404, 404),
    "POST /direct-uploads": (400, 404),
    "DELETE /direct-uploads/<upload_id>": (400, 404),
    "POST /direct-uploads/<upload_id>/job": (400, 404),
    "PATCH /uploads/<upload_id>": (412, 412),
    "DELETE /uploads/<upload_id>": (400, 412),
    "POST /uploads/<upload_id>/job": (400, 404),
    "POST /vectors": (400, 422),
    "POST /jobs/<job_id>/list/again": (400, 404),
    "POST /speak": (400, 422),
    "POST /lab/labels/<corpus>/<name>": (400, 404),
    "POST /live/<job_id>/minutes": (400, 404),
    "POST /live/<job_id>/lines": (400, 404),
    "POST /live/<job_id>/delete": (400, 404),
    "POST /whisper/fetch": (400, 303),
    "POST /whisper/cancel": (400, 303),
    "POST /models/<name>/fetch": (400, 404),
    "POST /models/<name>/check": (400, 404),
    "POST /models/<name>/cancel": (400, 404),
    "PATCH /jobs/<job_id>/transcript": (400, 404),
    "POST /jobs/<job_id>/speakers": (400, 404),
    "POST /jobs/<job_id>/voices": (400, 404),
    "POST /voices/<voice_id>/delete": (400, 404),
    "POST /voices/delete": (400, 303),
    "POST /jobs/<job_id>/shares": (400, 404),
    "POST /jobs/<job_id>/shares/<share_id>/revoke": (400, 404),
    "POST /jobs/<job_id>/minutes/again": (400, 404),
    "POST /jobs/<job_id>/questions": (400, 404),
    "POST /jobs/<job_id>/own/<file>": (400, 404),
    "POST /jobs/<job_id>/versions/<int:number>/restore": (400, 404),
    "POST /jobs/<job_id>/clips": (400, 404),
    "POST /jobs/<job_id>/clips/<clip_id>/delete": (400, 404),
    "POST /recordings/delete": (400, 422),
    "POST /recordings/questions": (400, 422),
    "POST /jobs/<job_id>/label": (400, 404),
    "POST /jobs/<job_id>/keep": (400, 404),
    "POST /jobs/<job_id>/release": (400, 404),
    "POST /jobs/<job_id>/cancel": (400, 404),
    "POST /jobs/<job_id>/retry": (400, 404),
    "POST /jobs/<job_id>/delete": (400, 404),
    # there are none without accounts
    "POST /login": (400, 404),
    "POST /logout": (400, 404),
    "POST /settings/password": (400, 404),
    "POST /settings/sign-ins/end": (400, 404),
    "POST /settings/sign-ins/<sign_in_id>/end": (400, 404),
    "POST /settings/keys": (400, 404),
    "POST /settings/keys/<key_id>/revoke": (400, 404),
    # with a key only
    "GET /metrics": (401, 401),
    "POST /v1/audio/transcriptions": (401, 401),
    "POST /v1/audio/translations": (401, 401),
    "POST /v1/listen": (401, 401),
    "POST /v1/audio/speech": (401, 401),
    "POST /v1/audio/clips": (401, 401),
    "POST /v1/audio/repair": (401, 401),
    "GET /v1/audio/voices": (401, 401),
    "POST /api/clean": (401, 401),
    "GET /api/clean/<job_id>": (401, 401),
    "DELETE /api/clean/<job_id>": (401, 401),
    "GET /api/live": (401, 401),
    "GET /api/live/<recording>": (401, 401),
    "GET /api/live/<recording>/<file>": (401, 401),
    "DELETE /api/live/<recording>": (401, 401),
    "POST /run": (401, 401),
    "GET /status/<job_id>": (401, 401),
    "GET /api/v1/jobs": (401, 401),
    "POST /api/v1/jobs": (401, 401),
    "GET /api/v1/jobs/<job_id>": (401, 401),
    "PATCH /api/v1/jobs/<job_id>": (401, 401),
    "DELETE /api/v1/jobs/<job_id>": (401, 401),
    "POST /api/v1/jobs/<job_id>/cancel": (401, 401),
    "POST /api/v1/jobs/<job_id>/retry": (401, 401),
    "GET /api/v1/jobs/<job_id>/documents": (401, 401),
    "GET /api/v1/jobs/<job_id>/documents/<kind>": (401, 401),
    "GET /api/v1/jobs/<job_id>/transcript": (401, 401),
    "PATCH /api/v1/jobs/<job_id>/transcript": (401, 401),
    "GET /api/v1/jobs/<job_id>/speakers": (401, 401),
    "PATCH /api/v1/jobs/<job_id>/speakers": (401, 401),
    "GET /api/v1/server": (401, 401),
    "GET /api/v1/voices": (401, 401),
    "DELETE /api/v1/voices/<voice_id>": (401, 401),
    "POST /api/v1/jobs/<job_id>/minutes": (401, 401),
    "GET /api/v1/jobs/<job_id>/wait": (401, 401),
    "GET /api/v1/jobs/<job_id>/events": (401, 401),
    "GET /api/v1/jobs/<job_id>/deliveries": (401, 401),
    "GET /api/v1/jobs/<job_id>/shares": (401, 401),
    "POST /api/v1/jobs/<job_id>/shares": (401, 401),
    "DELETE /api/v1/jobs/<job_id>/shares/<share_id>": (401, 401),
    "POST /encode_audio": (401, 401),
    "POST /api/vectors": (401, 401),
    "GET /api/vectors/<job_id>": (401, 401),
    "GET /api/vectors/<job_id>/<file>": (401, 401),
    "GET /api/vectors/<job_id>/nearest": (401, 401),
    "GET /encode_audio/<job_id>": (401, 401),
    "GET /v1/models": (401, 401),
    "GET /v1/models/<name>": (401, 401),
}
# what is still answered to who has not signed in where there are accounts; all else leads him to the sign-in
WITHOUT_SIGNING_IN = {
    "GET /health", "GET /ready", "GET /metrics", "GET /openapi.json", "GET /asyncapi.json", "GET /login",
    "GET /login/oidc", "GET /login/oidc/callback",
    "POST /login", "POST /logout", "GET /language/<code>",
    "GET /static/<path:filename>", "GET /bootstrap/static/<path:filename>",
    "GET /manifest.webmanifest", "GET /worker.js", "GET /offline", "POST /share",
    "GET /shared/<token>", "GET /shared/<token>/transcript", "GET /shared/<token>/listen",
    "GET /shared/<token>/watch", "GET /shared/<token>/download/<file>",
    "GET /ws/transcribe", "GET /v1/realtime", "GET /v1/listen", "GET /api/similar",
    "GET /api/jobs/<job_id>/deliveries",
}  # fmt: skip
KEYED = {request for request, statuses in EXPECTED.items() if statuses == (401, 401)}
FILES = {"download": "minutes.docx", "sound": "cleaned.mp3", "vector": "vector.npy"}
VALUES = {
    "token": "x",
    "share_id": "x",
    "sign_in_id": "x",
    "key_id": "x",
    "voice_id": "x",
    "clip_id": "x",
    "upload_id": "x",
    "kind": "mp4",
    "code": "xx",
    "filename": "nothing",
    "int:number": "1",
    "path:filename": "nothing",
}


@dataclass
class Scene:
    """Anna's finished recording, and those who would like to see it."""

    anna: Visitor
    job_id: str
    strangers: dict[str, Visitor]


@pytest.fixture
def scene(make_app: Callable[..., Flask]) -> Scene:
    app = make_app(api_key=KEY, metrics_token=KEY)
    anna, boris, nobody, forger = (Visitor(app.test_client()) for _ in range(4))
    anna.open()
    boris.open()
    forger.client.set_cookie("session", "forged")
    job = anna.send(SECRET, stages=stages_of(vectorize=True))
    assert anna.jobs.worker.run_once()
    for file in ("poster.jpg", "cleaned.mp3"):
        (konspekt(app).config.results_dir / job.id / file).write_bytes(b"\xff\xd8\xff")
    return Scene(anna, job.id, {"nobody": nobody, "forger": forger, "boris": boris})


def rules(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def ask(visitor: Visitor, request: str, job_id: str) -> TestResponse:
    method, rule = request.split(" ", 1)
    path = rule.replace("<job_id>", job_id)
    for room, file in FILES.items():
        path = path.replace(f"/{room}/<file>", f"/{room}/{file}")
    for name, value in VALUES.items():
        path = path.replace(f"<{name}>", value)
    if method == "GET":
        return visitor.client.get(path, buffered=False)
    return visitor.client.open(path, method=method, data={"csrf_token": visitor.token})


def test_every_route_is_listed_here(app: Flask) -> None:
    assert rules(app) == set(EXPECTED)


@pytest.mark.parametrize("who", ["nobody", "forger", "boris"])
def test_a_stranger_gets_nothing(scene: Scene, who: str) -> None:
    for request, (unknown, other) in EXPECTED.items():
        visitor = scene.strangers[who]
        with ask(visitor, request, scene.job_id) as answer:
            assert answer.status_code == (other if who == "boris" else unknown), request
            if answer.mimetype != "text/event-stream":
                assert SECRET not in answer.text, request
        if who != "boris":
            visitor.client.delete_cookie("session")  # opening the page made him a visitor
            if who == "forger":
                visitor.client.set_cookie("session", "forged")
    assert scene.anna.names() == [SECRET]


@pytest.mark.usefixtures("cheap_passwords")
@pytest.mark.parametrize("keyed", [True, False])
def test_with_accounts_who_has_not_signed_in_gets_next_to_nothing(
    make_app: Callable[..., Flask], keyed: bool
) -> None:
    """Also where no key was ever made: without accounts the API would then be open."""
    app = make_app(auth="password", **({"api_key": KEY, "metrics_token": KEY} if keyed else {}))
    anna = signed_in(app, new_account(app, "Anna"))
    job = anna.send(SECRET, stages=stages_of(vectorize=True))
    assert anna.jobs.worker.run_once()
    reached = set()
    for request in EXPECTED:
        with ask(browser(app), request, job.id) as answer:
            told_to_sign_in = answer.status_code == 401 or (answer.location or "").startswith("/login?next=")
            no_form = answer.status_code == 400 and "GET" not in request  # it has no token
            if not (told_to_sign_in or no_form):
                reached.add(request)
            assert answer.status_code != 200 or SECRET not in answer.text, request
    assert reached <= WITHOUT_SIGNING_IN
    assert anna.names() == [SECRET]


@pytest.mark.usefixtures("cheap_passwords")
def test_with_accounts_an_administrator_gets_of_others_what_any_stranger_gets(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(auth="password", api_key=KEY, metrics_token=KEY)
    root, anna = (signed_in(app, new_account(app, name)) for name in ("Root", "Anna"))
    job = anna.send(SECRET, stages=stages_of(vectorize=True))
    assert anna.jobs.worker.run_once()
    for request, (_, other) in EXPECTED.items():
        if "<job_id>" in request:
            with ask(root, request, job.id) as answer:
                assert answer.status_code == other, request
                if answer.mimetype != "text/event-stream":
                    assert SECRET not in answer.text, request
    assert anna.names() == [SECRET]


def test_the_owner_gets_what_others_do_not(scene: Scene) -> None:
    for request in EXPECTED:
        if request.startswith("GET /jobs/<job_id>") and not re.search(
            "/list/|/watch|/clips/", request
        ):  # it is none
            with ask(scene.anna, request, scene.job_id) as answer:
                assert answer.status_code == 200, request


def test_unknown_and_foreign_are_told_in_the_same_words(scene: Scene) -> None:
    boris = scene.strangers["boris"]
    for request in EXPECTED:
        if "<job_id>" in request and request not in KEYED:
            foreign, unknown = (ask(boris, request, id_) for id_ in (scene.job_id, "0" * 32))
            assert foreign.status_code == unknown.status_code == 404
            told = [
                answer.text.replace(id_, "") for answer, id_ in ((foreign, scene.job_id), (unknown, "0" * 32))
            ]
            assert told[0] == told[1], request


@pytest.mark.parametrize("request_", sorted(KEYED))
@pytest.mark.parametrize("key", [None, "", "the-wrong-key", KEY + "x"])
@pytest.mark.parametrize("body", [b"", b"{", b'{"input": 5, "records": []}'])
def test_the_key_is_asked_for_before_the_body_is_looked_at(
    make_app: Callable[..., Flask], request_: str, key: str | None, body: bytes
) -> None:
    client = make_app(api_key=KEY, metrics_token=KEY).test_client()
    method, rule = request_.split(" ", 1)
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    path = rule.replace("<job_id>", "0" * 32).replace("<file>", "x").replace("<name>", "x")
    answer = client.open(path, method=method, data=body, content_type="application/json", headers=headers)
    assert answer.status_code == 401
    right = {"Authorization": f"Bearer {KEY}"}
    answer = client.open(path, method=method, data=body, content_type="application/json", headers=right)
    assert answer.status_code != 401


@pytest.mark.parametrize("job_id", ["' or '1'='1", "%00", "x" * 2000, "тайна", "..%2f..%2fdata"])
def test_a_strange_id_is_unknown(scene: Scene, job_id: str) -> None:
    for request in EXPECTED:
        if "<job_id>" in request and request not in KEYED:
            assert ask(scene.anna, request, job_id).status_code == 404, request
