"""Calls that are waited for: how many at once, what is left of them, and who ends them."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from app.errors import Overloaded
from app.web.core.context import konspekt
from app.web.core.sync_calls import awaited_call, call_slot


def test_a_call_beyond_the_cap_is_sent_away_and_a_place_comes_back(make_app: Callable[..., Flask]) -> None:
    app = make_app(max_sync_calls=1)
    with app.test_request_context():
        with call_slot(), pytest.raises(Overloaded) as caught, call_slot():
            pass
        assert caught.value.retry_after_s == 30
        with pytest.raises(ZeroDivisionError), call_slot():
            _ = 1 / 0
        with call_slot():
            pass


def test_every_way_in_counts_against_one_cap(make_app: Callable[..., Flask], tone: bytes) -> None:
    app = make_app(max_sync_calls=1)
    client = app.test_client()
    assert konspekt(app).sync_slots.acquire(blocking=False)
    for path in ("/v1/audio/speech", "/v1/audio/transcriptions"):
        assert client.post(path, json={"input": "Hello"}).status_code == 429
    vector = client.post("/encode_audio", data={"file": (BytesIO(tone), "a.wav")})
    assert vector.status_code == 503
    assert vector.headers["Retry-After"] == "30"


def test_who_still_sends_keeps_no_place_from_others(make_app: Callable[..., Flask]) -> None:
    app = make_app(max_sync_calls=1)
    free_meanwhile: list[bool] = []

    class Body(BytesIO):
        def readinto(self, buffer: Any) -> int:
            slots = konspekt(app).sync_slots
            if taken := slots.acquire(blocking=False):
                slots.release()
            free_meanwhile.append(taken)
            return super().readinto(buffer)

    form = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nno sound\r\n--b--\r\n'
    )
    for path, kind, sent in (
        ("/v1/audio/transcriptions", "multipart/form-data; boundary=b", form),
        ("/v1/audio/speech", "application/json", b'{"input": "..."}'),
        ("/encode_audio", "multipart/form-data; boundary=b", form),
    ):
        free_meanwhile.clear()
        app.test_client().post(path, input_stream=Body(sent), content_type=kind, content_length=len(sent))
        assert free_meanwhile, path
        assert all(free_meanwhile), path


def test_only_forms_may_be_large(app: Flask) -> None:
    for path in ("/v1/audio/transcriptions", "/v1/audio/speech", "/encode_audio"):
        answer = app.test_client().post(path, data=bytes(3 * 2**20), content_type="application/json")
        assert answer.status_code == 413, path


def test_the_folder_of_a_call_is_gone_after_it(app: Flask) -> None:
    with app.test_request_context():
        with awaited_call() as (folder, progress):
            progress(0.5)
            (folder / "speech.wav").touch()
        assert not folder.exists()
        assert folder.parent == konspekt(app).config.incoming_dir


def test_a_stopping_server_ends_a_call_and_says_so(app: Flask) -> None:
    with app.test_request_context():
        konspekt(app).stopping.set()
        with pytest.raises(Overloaded, match="being restarted"), awaited_call() as (_folder, progress):
            progress(0.1)
