"""No address waits for a model, but those that hear, read aloud or make a vector while their caller waits."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.engines.compute.device import Device, Priority
from app.pipeline import stages_of
from app.web.core.context import konspekt
from tests.web.test_access import rules
from tests.web.visitor import Visitor

COMPUTE = {
    "POST /v1/audio/transcriptions",
    "POST /v1/audio/translations",
    "POST /v1/audio/speech",
    "POST /v1/audio/clips",
    "POST /encode_audio",
    "POST /speak",
    "GET /ws/transcribe",
}
DEADLINE_S = 30.0  # whoever waits for the device waits for ever
FILES = {"download": "minutes.docx", "sound": "original.mp3", "vector": "vector.npy"}


@contextmanager
def held(device: Device) -> Iterator[None]:
    """Keep the device busy with one turn, as a long window of Whisper does."""
    reached, over = threading.Event(), threading.Event()

    def turn() -> None:
        reached.set()
        over.wait()

    device.start()
    busy = threading.Thread(target=device.turn, args=(Priority.BATCH, turn))
    busy.start()
    assert reached.wait(10)
    try:
        yield
    finally:
        over.set()
        busy.join()


def within(deadline_s: float, act: Callable[[], int]) -> int | None:
    """Return what it returns; None: it has not come back."""
    returned: list[int] = []
    thread = threading.Thread(target=lambda: returned.append(act()), daemon=True)
    thread.start()
    thread.join(deadline_s)
    return returned[0] if returned else None


def asked(client: FlaskClient, token: str, request: str, job_id: str) -> Callable[[], int]:
    method, rule = request.split(" ", 1)
    path = rule.replace("<job_id>", job_id)
    for room, file in FILES.items():
        path = path.replace(f"/{room}/<file>", f"/{room}/{file}")
    for name in ("<code>", "<filename>", "<path:filename>", "<file>", "<name>"):
        path = path.replace(name, "ru")

    def ask() -> int:
        data = None if method == "GET" else {"csrf_token": token}
        with client.open(path, method=method, data=data, buffered=False) as answer:
            if answer.mimetype != "text/event-stream":
                answer.get_data()
            else:
                next(iter(answer.iter_encoded()))
            return answer.status_code

    return ask


def test_no_address_waits_for_the_device(app: Flask, anna: Visitor) -> None:
    jobs = [anna.done(f"{number}.mp4", stages=stages_of(vectorize=True)) for number in range(3)]
    waiting = anna.send()
    deleted_last = sorted(rules(app) - COMPUTE, key=lambda request: ("delete" in request, request))
    with held(konspekt(app).engines.device):
        for request in deleted_last:
            for job in (jobs[0], waiting):
                status = within(DEADLINE_S, asked(anna.client, anna.token, request, job.id))
                assert status is not None, f"{request} waits for the device"
                assert status < 500 or request == "GET /ready", request


@pytest.mark.parametrize("path", ["/speak", "/v1/audio/voices"])
def test_voices_are_named_while_the_device_is_busy(app: Flask, path: str) -> None:
    with held(konspekt(app).engines.device):
        client = app.test_client()
        assert within(DEADLINE_S, lambda: client.get(path).status_code) in (200, 503)  # 503: no espeak-ng
