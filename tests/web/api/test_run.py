"""Transcription as a service: one Konspekt hands over to another, in RunPod's form."""

import runpy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect
from werkzeug.serving import make_server

from app.audio.wav import write_wav
from tests.speech import english
from tests.web.api.service import Service

SENTENCE = "We decided to open the new office on Monday."


HANDLER = Path(__file__).parents[3] / "deploy/runpod/handler.py"


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    write_wav(tmp_path / "spoken.wav", english(SENTENCE))
    return tmp_path / "spoken.wav"


def test_one_konspekt_hands_over_and_another_transcribes(
    make_service_app: Callable[..., Service], spoken: Path, tmp_path: Path
) -> None:
    folders = {f"{name}_dir": tmp_path / "other" / name for name in ("uploads", "results", "data")}
    other = make_service_app(transcriber="pocketsphinx", api_key="k" * 16, **folders)
    with served(other.app) as address:
        cleaning = make_service_app(hand_over_url=address, hand_over_key="k" * 16)
        cleaning.put("calls/a.wav", spoken)
        job_id = cleaning.ask("calls/a.wav", 12, do_clean=False).json["job_id"]
        cleaning.work()
    (delivery,) = cleaning.client.get(f"/api/clean/{job_id}").json["deliveries"]
    assert delivery["state"] == "delivered", delivery
    (job,) = other.jobs.list("service")
    key = {"Authorization": f"Bearer {'k' * 16}"}
    assert other.client.get(f"/status/{job.id}", headers=key).json["status"] == "IN_QUEUE"
    other.work()
    state = other.client.get(f"/status/{job.id}", headers=key).json
    assert state["status"] == "COMPLETED", state
    assert "office" in state["output"]["transcript"]["segments"][0]["text"]
    assert state["output"]["minutes"]["format"] == "konspekt.minutes"
    assert state["executionTime"] > 0
    assert not inspect(other.jobs._store.engine).has_table("konspekt_items"), "who cleans keeps the record"


def test_a_worker_of_runpod_has_its_jobs_done_by_the_program_beside_it(
    make_service_app: Callable[..., Service], spoken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KONSPEKT_API_KEY", "k" * 16)
    transcribed = runpy.run_path(str(HANDLER))["transcribed"]
    service = make_service_app(transcriber="pocketsphinx", api_key="k" * 16)
    service.put("a.wav", spoken)
    told: list[float] = []

    def tell(share: float) -> None:
        told.append(share)
        service.work()

    with served(service.app) as address:
        done = transcribed({"input": {"file_key": "a.wav", "item_id": 7}}, tell, address, 0)
        again = transcribed({"input": {"file_key": "a.wav", "item_id": 7}}, tell, address, 0)
        missing = transcribed({"input": {"file_key": "b.wav", "item_id": 8}}, tell, address, 0)
        wrong = transcribed({"input": {"file_key": "../a", "item_id": 9}}, tell, address, 0)
    assert "office" in done["transcript"]["segments"][0]["text"]
    assert done["audio_length_s"] > 1
    assert told[0] == 0
    assert "b.wav" in missing["error"]
    assert wrong["error"].startswith("The field input.file_key is wrong")
    assert again == done, "a job that RunPod gives out twice is done once"


def test_the_same_request_is_one_job_and_one_that_failed_is_tried_again(
    make_service_app: Callable[..., Service], spoken: Path
) -> None:
    service = make_service_app(transcriber="pocketsphinx")
    body = {"input": {"file_key": "a.wav", "item_id": 5}}
    first = service.client.post("/run", json=body)
    assert first.status_code == 200
    assert first.json["status"] == "IN_QUEUE"
    assert service.client.post("/run", json=body).json == first.json
    other = {"input": {**body["input"], "language": "Russian"}}
    assert service.client.post("/run", json=other).json["id"] != first.json["id"]
    service.work()
    state = service.client.get(f"/status/{first.json['id']}").json
    assert state["status"] == "FAILED"
    assert state["error"]
    service.put("a.wav", spoken)
    assert service.client.post("/run", json=body).json == first.json


@pytest.mark.parametrize(
    "body", [{}, {"input": {"file_key": "a.wav"}}, {"input": {"file_key": "../a", "item_id": 1}}]
)
def test_a_wrong_request_is_refused(make_service_app: Callable[..., Service], body: dict[str, Any]) -> None:
    service = make_service_app()
    answer = service.client.post("/run", json=body)
    assert answer.status_code == 400
    assert answer.json["error"]["message"]
    assert sum(service.jobs.counts().values()) == 0


def test_what_is_no_run_is_unknown(make_service_app: Callable[..., Service], recording: Path) -> None:
    service = make_service_app()
    service.put("a.wav", recording)
    cleaning = service.ask("a.wav").json["job_id"]
    assert service.client.get(f"/status/{cleaning}").status_code == 404
    assert service.client.get("/status/nothing").status_code == 404


def test_without_a_bucket_it_says_what_to_set(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    answer = app.test_client().post("/run", json={"input": {"file_key": "a", "item_id": "1"}})
    assert answer.status_code == 503
    assert "KONSPEKT_S3_BUCKET" in answer.json["error"]["message"]
