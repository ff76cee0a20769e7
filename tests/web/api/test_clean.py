"""The cleaning service: from an item of the bucket to its record and its hand-over."""

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import soundfile
from flask import Flask
from sqlalchemy import inspect, text

from app.engines.registry import Engines
from app.errors import EngineUnavailable, StorageUnavailable
from app.integrations import record_sync
from app.jobs import leases
from app.jobs.job import JobStatus
from app.pipeline import Stage
from app.pipeline.recording import Recording
from app.progress import Progress
from app.storage.s3 import S3Bucket
from app.web.core.context import konspekt
from tests import s3
from tests.postgres import BINARIES, Postgres
from tests.receiver import Receiver
from tests.web.api.service import URL, Service


def test_an_item_is_cleaned_recorded_and_handed_over(
    make_service_app: Callable[..., Service], recording: Path, receiver: Receiver, tmp_path: Path
) -> None:
    service = make_service_app(
        hand_over_url=f"{receiver.url}/v2/abc", hand_over_key="token-of-runpod", webhook_secret="s" * 20
    )
    service.put("calls/разговор.wav", recording)
    answer = service.ask()
    assert answer.status_code == 202
    job_id = answer.json["job_id"]
    service.work()
    assert service.record() == {
        "item_id": "item-1",
        "audio_length_s": pytest.approx(3.2),
        "cleaned_file": "calls/разговор_cleaned.wav",
        "status": "done",
        "error": None,
        "engine": "Demucs htdemucs",
    }
    assert service.keys() == {"calls/разговор.wav", "calls/разговор_cleaned.wav"}
    s3.client(service.endpoint).download_file(
        s3.BUCKET, "calls/разговор_cleaned.wav", str(tmp_path / "c.wav")
    )
    assert soundfile.info(tmp_path / "c.wav").duration == pytest.approx(3.2, abs=0.01)
    (sent,) = receiver.received
    assert sent.path == "/v2/abc/run"
    assert sent.headers["Authorization"] == "Bearer token-of-runpod"
    assert sent.json == {"input": {"file_key": "calls/разговор_cleaned.wav", "item_id": "item-1"}}
    assert sent.is_signed_with(b"s" * 20)
    state = service.client.get(f"{URL}/{job_id}").json
    assert (state["status"], state["progress"], state["deliveries"][0]["state"]) == ("done", 1.0, "delivered")
    assert (state["engine"], state["transcript"], state["minutes"]) == ("Demucs htdemucs", None, None)
    assert state["deliveries"][0]["history"][0]["answer"] == '{"id": "job1"}'
    assert state["deliveries"][0]["next_try_at"] is None, "it has arrived"
    assert service.sound_left() == []


def test_the_same_item_is_one_job(make_service_app: Callable[..., Service], recording: Path) -> None:
    service = make_service_app()
    service.put("a.wav", recording)
    asked = [service.ask("a.wav", 17), service.ask("a.wav", "17"), service.ask("a.wav", 17, do_clean="yes")]
    assert len({answer.json["job_id"] for answer in asked}) == 1
    assert [answer.status_code for answer in asked] == [202] * 3
    assert sum(service.jobs.counts().values()) == 1


def test_the_same_item_with_another_body_is_refused_until_the_earlier_one_is_deleted(
    make_service_app: Callable[..., Service], recording: Path
) -> None:
    service = make_service_app(hand_over_url="http://127.0.0.1:1", allowed_networks="127.0.0.0/8")
    service.put("b.wav", recording)
    service.ask("gone.wav", 17, do_clean=False)
    service.work()
    assert service.record()["status"] == "failed"
    told = {"input": {"file_key": "gone.wav", "item_id": 17, "do_clean": False}}
    others = [
        service.ask("b.wav", 17, do_clean=False),
        service.ask("gone.wav", 17),
        service.client.post(URL, json={**told, "callback_url": "http://127.0.0.1:1/"}),
    ]
    assert [answer.status_code for answer in others] == [409] * 3
    assert service.client.post(URL, json=told).status_code == 202, "the same body is the same job"
    way_out = re.search(r"DELETE (/api/clean/\w+)", others[0].json["error"]["message"])
    assert way_out
    assert service.client.delete(way_out[1]).status_code == 204
    assert service.client.delete(way_out[1]).status_code == 404
    assert service.ask("b.wav", 17, do_clean=False).status_code == 202
    service.work()
    assert service.record()["status"] == "done"


def test_the_deliveries_of_a_job_are_told_to_the_program_that_made_it(
    make_service_app: Callable[..., Service], recording: Path, receiver: Receiver
) -> None:
    service = make_service_app(hand_over_url=receiver.url)
    service.put("a.wav", recording)
    job_id = service.ask("a.wav", do_clean=False).json["job_id"]
    service.work()
    (told,) = service.client.get(f"/api/jobs/{job_id}/deliveries").json["deliveries"]
    assert (told["kind"], told["state"], told["next_try_at"]) == ("hand_over", "delivered", None)


def test_without_cleaning_it_is_measured_and_handed_over(
    make_service_app: Callable[..., Service], recording: Path, receiver: Receiver
) -> None:
    service = make_service_app(hand_over_url=receiver.url)
    service.put("a.wav", recording)
    service.ask("a.wav", do_clean=False)
    service.work()
    assert service.record()["audio_length_s"] == pytest.approx(3.2)
    assert service.record()["cleaned_file"] is None
    assert receiver.received[0].json["input"]["file_key"] == "a.wav"
    assert service.keys() == {"a.wav"}
    assert service.sound_left() == []


def test_a_hand_over_that_is_refused_is_tried_again(
    make_service_app: Callable[..., Service], recording: Path, receiver: Receiver
) -> None:
    service = make_service_app(hand_over_url=receiver.url, delivery_backoff_s=5)
    service.put("a.wav", recording)
    service.ask("a.wav", do_clean=False)
    receiver.manners = [503, "cut"]
    service.work()
    service.work(6)
    service.work(30)
    assert len(receiver.received) == 3
    service.work(1e6)
    assert len(receiver.received) == 3


def test_an_endpoint_that_drips_its_answer_holds_nobody(
    make_service_app: Callable[..., Service], recording: Path, receiver: Receiver
) -> None:
    service = make_service_app(hand_over_url=receiver.url, delivery_timeout_s=0.5)
    service.put("a.wav", recording)
    job_id = service.ask("a.wav", do_clean=False).json["job_id"]
    receiver.manners = ["drip"]
    began = time.monotonic()
    service.work()
    assert time.monotonic() - began < 15, "it would have gone on for ever"
    (row,) = service.integrations.webhooks.of(job_id)
    assert row.history[0]["error"] == "no answer in time"


def test_without_an_endpoint_konspekt_transcribes_it_itself(
    make_service_app: Callable[..., Service], recording: Path
) -> None:
    service = make_service_app(transcriber="pocketsphinx")
    service.put("a.wav", recording)
    job_id = service.ask("a.wav").json["job_id"]
    job = service.jobs.get("service", job_id)
    assert job.stages == ("fetch", "extract", "clean", "store", "transcribe", "summarize")
    service.work()
    job = service.jobs.get("service", job_id)
    assert job.status == "done", job.error
    state = service.client.get(f"{URL}/{job_id}").json
    assert state["item_status"] == "done"
    assert state["transcript"]["format"] == "konspekt.transcript"
    assert state["transcript"]["duration_s"] == pytest.approx(3.2, abs=0.1)
    assert state["transcript"]["engines"]["clean"] == state["engine"] == "Demucs htdemucs"
    assert state["minutes"]["format"] == "konspekt.minutes"
    assert service.sound_left() == []


def test_an_item_that_was_cleaned_and_not_transcribed_is_said_to_be_just_that(
    make_service_app: Callable[..., Service], recording: Path
) -> None:
    service = make_service_app()
    service.jobs._stages["transcribe"] = cannot_hear
    service.put("a.wav", recording)
    job_id = service.ask("a.wav").json["job_id"]
    service.work()
    record = service.record()
    assert (record["status"], record["cleaned_file"]) == ("cleaned", "a_cleaned.wav")
    assert record["error"] == "Nothing here hears it."
    state = service.client.get(f"{URL}/{job_id}").json
    assert (state["status"], state["item_status"]) == ("failed", "cleaned")
    assert (state["transcript"], state["cleaned_file"]) == (None, "a_cleaned.wav")


def cannot_hear(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    raise EngineUnavailable("Nothing here hears it.")


def test_without_weights_the_original_goes_on_and_the_record_says_so(
    make_service_app: Callable[..., Service], recording: Path, receiver: Receiver, tmp_path: Path
) -> None:
    service = make_service_app(hand_over_url=receiver.url, models_dir=tmp_path / "empty", separator="demucs")
    service.put("a.mp3", recording)
    service.ask("a.mp3")
    service.work()
    assert service.record()["status"] == "done"
    assert "flask models fetch demucs-htdemucs" in service.record()["error"]
    assert receiver.received[0].json["input"]["file_key"] == "a.mp3"


@pytest.mark.parametrize("content", [None, b"not a recording"])
def test_what_cannot_be_cleaned_is_recorded_as_failed_and_leaves_no_file(
    make_service_app: Callable[..., Service], receiver: Receiver, tmp_path: Path, content: bytes | None
) -> None:
    service = make_service_app(hand_over_url=receiver.url)
    if content:
        (tmp_path / "bad").write_bytes(content)
        service.put("a.wav", tmp_path / "bad")
    service.ask("a.wav")
    service.work()
    record = service.record()
    assert record["status"] == "failed"
    assert record["error"]
    assert receiver.received == []
    assert service.sound_left() == []


def test_a_failed_item_that_is_asked_for_again_is_tried_again(
    make_service_app: Callable[..., Service], recording: Path
) -> None:
    service = make_service_app(hand_over_url="http://127.0.0.1:1")
    first = service.ask("a.wav", do_clean=False).json
    service.work()
    assert service.record()["status"] == "failed"
    service.put("a.wav", recording)
    again = service.ask("a.wav", do_clean=False).json
    assert again["job_id"] == first["job_id"]
    assert again["status"] == "queued"
    service.work()
    assert service.record()["status"] == "done"


def test_an_existing_table_is_used_as_it_is(
    make_service_app: Callable[..., Service], recording: Path
) -> None:
    service = make_service_app(
        hand_over_url="http://127.0.0.1:1",
        record_table="calls",
        record_id_column="id",
        record_length_column="seconds",
        record_file_column="clean_name",
        record_status_column="state",
        record_error_column="",
    )
    with service.jobs._store.engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE calls (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, seconds REAL,"
                " clean_name TEXT, state TEXT)"
            )
        )
        connection.execute(text("INSERT INTO calls (id, owner) VALUES (7, 'anna')"))
    service.put("a.wav", recording)
    service.ask("a.wav", 7)
    service.work()
    assert service.record("calls") == {
        "id": 7,
        "owner": "anna",
        "seconds": pytest.approx(3.2),
        "clean_name": "a_cleaned.wav",
        "state": "done",
    }


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_records_are_kept_in_a_database_of_the_customers_own(
    make_service_app: Callable[..., Service], recording: Path, tmp_path: Path, kind: str
) -> None:
    if kind == "postgresql" and not BINARIES:
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    with Postgres() if kind == "postgresql" else nullcontext() as server:
        url = server.create("crm") if server else f"sqlite:///{tmp_path / 'crm.db'}"
        service = make_service_app(hand_over_url="http://127.0.0.1:1", record_database_url=url)
        service.put("a.wav", recording)
        service.ask("a.wav")
        if server:
            server.stop()
        service.work()
        assert service.jobs.counts()[JobStatus.DONE] == 1, "no job waits for their database"
        assert service.integrations.record_sync.run_once(datetime.now(UTC)) == 0
        if server:
            server.start()
            assert service.integrations.webhooks.run_once(datetime.now(UTC)) == 0, "handed over once recorded"
        service.work(60)
        assert service.record(database=url)["status"] == "done"
        assert not inspect(service.jobs._store.engine).has_table("konspekt_items")


def test_an_id_that_their_table_cannot_hold_stops_no_other_record(
    make_service_app: Callable[..., Service], recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_sync, "AT_ONCE", 1)
    service = make_service_app(hand_over_url="http://127.0.0.1:1", record_id_column="id")
    with service.jobs._store.engine.begin() as connection:
        connection.execute(text("CREATE TABLE konspekt_items (id INTEGER PRIMARY KEY, status TEXT)"))
    service.put("a.wav", recording)
    service.ask("a.wav", "call-8", do_clean=False)
    service.ask("a.wav", 8, do_clean=False)
    service.work()
    service.work()
    assert service.record() == {"id": 8, "status": "done"}


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let S3 break off every upload or download while it is set; nothing is waited for."""
    away = threading.Event()
    real = S3Bucket.put, S3Bucket.open

    def put(self: S3Bucket, key: str, source: Path) -> Any:
        if away.is_set():
            raise StorageUnavailable("away")
        return real[0](self, key, source)

    def open_(self: S3Bucket, key: str) -> Any:
        if away.is_set():
            raise StorageUnavailable("away")
        return real[1](self, key)

    monkeypatch.setattr(S3Bucket, "put", put)
    monkeypatch.setattr(S3Bucket, "open", open_)
    monkeypatch.setattr(leases, "FIRST_PAUSE", timedelta(0))
    monkeypatch.setattr(leases, "LONGEST_PAUSE", timedelta(0))
    return away


def turns(service: Service, n: int) -> None:
    """Let the worker take as many turns; a job that waits would be taken again and again."""
    for _ in range(n):
        service.jobs.worker.run_once()
    now = datetime.now(UTC)
    service.integrations.record_sync.run_once(now)
    service.integrations.webhooks.run_once(now)


def test_an_upload_waits_for_a_storage_that_is_away_and_its_result_is_kept(
    make_service_app: Callable[..., Service], recording: Path, receiver: Receiver, away: threading.Event
) -> None:
    service = make_service_app(hand_over_url=receiver.url)
    service.put("a.wav", recording)
    job_id = service.ask("a.wav").json["job_id"]
    service.jobs._stages["fetch"] = fetch_then(service.jobs._stages["fetch"], away.set)
    turns(service, 0)
    assert service.record()["error"] is None, "told of as queued, and RecordSync may never see it run"
    turns(service, 3)
    state = service.client.get(f"{URL}/{job_id}").json
    assert (state["status"], state["copy_pending"]) == ("queued", True)
    assert "goes on by itself" in state["error"]
    assert state["next_try_at"]
    assert service.record()["status"] == "queued"
    assert "storage does not answer" in service.record()["error"]
    assert (konspekt(service.app).config.results_dir / job_id / "cleaned.wav").is_file()
    assert receiver.received == [], "it is handed over when it is there"

    away.clear()
    turns(service, 1)
    assert service.record()["status"] == "done"
    assert service.record()["error"] is None
    assert service.keys() == {"a.wav", "a_cleaned.wav"}
    assert len(receiver.received) == 1
    assert service.sound_left() == []
    assert service.jobs.get("service", job_id).attempt == 1, "waiting is no failed attempt"


def fetch_then(fetch: Stage, then: Callable[[], None]) -> Stage:
    def stage(recording: Recording, engines: Engines, progress: Progress) -> Recording:
        fetched = fetch(recording, engines, progress)
        then()
        return fetched

    return stage


def test_a_fetch_waits_for_a_storage_that_is_away_and_holds_up_no_other_job(
    make_service_app: Callable[..., Service],
    recording: Path,
    away: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leases, "FIRST_PAUSE", timedelta(minutes=10))
    monkeypatch.setattr(leases, "LONGEST_PAUSE", timedelta(minutes=10))
    service = make_service_app(hand_over_url="http://127.0.0.1:1")
    away.set()
    job_id = service.ask("a.wav", do_clean=False).json["job_id"]
    turns(service, 1)
    state = service.client.get(f"{URL}/{job_id}").json
    assert (state["status"], state["copy_pending"]) == ("queued", False)
    assert not service.jobs.worker.run_once(), "it is not tried before its time"
    other = service.ask("b.wav", "item-2", do_clean=False).json["job_id"]
    forecast = service.jobs.forecast(service.jobs.get("service", other))
    assert forecast.position == 1, "who waits for the storage is not ahead of it"
    assert service.jobs.worker.run_once()
    assert service.jobs.cancel("service", job_id).status == "cancelled"


def test_who_has_waited_for_too_long_has_failed_and_may_be_asked_for_again(
    make_service_app: Callable[..., Service], recording: Path, away: threading.Event
) -> None:
    service = make_service_app(hand_over_url="http://127.0.0.1:1", storage_patience_s=0)
    service.put("a.wav", recording)
    away.set()
    job_id = service.ask("a.wav", do_clean=False).json["job_id"]
    turns(service, 2)
    job = service.jobs.get("service", job_id)
    assert job.status == "failed"
    assert str(job.error) == "away"
    away.clear()
    assert service.ask("a.wav", do_clean=False).json["job_id"] == job_id
    turns(service, 1)
    assert service.record()["status"] == "done"


def test_a_storage_that_refuses_is_waited_for(make_service_app: Callable[..., Service]) -> None:
    service = make_service_app(s3_endpoint="http://127.0.0.1:1")
    job_id = service.ask("a.wav").json["job_id"]
    turns(service, 1)
    state = service.client.get(f"{URL}/{job_id}").json
    assert state["status"] == "queued"
    assert "storage does not answer" in state["error"]


def test_the_checksum_of_what_was_stored_stays_in_the_database(
    make_service_app: Callable[..., Service], recording: Path, tmp_path: Path
) -> None:
    service = make_service_app(hand_over_url="http://127.0.0.1:1")
    service.put("a.wav", recording)
    job_id = service.ask("a.wav").json["job_id"]
    service.work()
    s3.client(service.endpoint).download_file(s3.BUCKET, "a_cleaned.wav", str(tmp_path / "c.wav"))
    sha256 = hashlib.sha256((tmp_path / "c.wav").read_bytes()).hexdigest()
    assert service.client.get(f"{URL}/{job_id}").json["cleaned_sha256"] == sha256
    service.jobs.delete("service", job_id)
    with service.jobs._store.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM objects")).mappings().one()
    assert (row["key"], row["job_id"], row["sha256"]) == ("a_cleaned.wav", job_id, sha256)
    assert row["size_bytes"] == (tmp_path / "c.wav").stat().st_size


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"input": {}},
        {"input": {"file_key": "a.wav"}},
        {"input": {"file_key": "", "item_id": "1"}},
        {"input": {"file_key": "../secret", "item_id": "1"}},
        {"input": {"file_key": "/etc/passwd", "item_id": "1"}},
        {"input": {"file_key": "a.wav", "item_id": True}},
        {"input": {"file_key": "a.wav", "item_id": "1", "do_clean": "perhaps"}},
        {"input": {"file_key": "a.wav", "item_id": "1"}, "callback_url": "http://127.0.0.1/"},
        {"input": {"file_key": "a.wav", "item_id": "1\0"}},
        {"input": {"file_key": "a.wav", "item_id": "\ud800"}},
        {"input": {"file_key": "\ud800.wav", "item_id": "1"}},
        {"input": {"file_key": "a.wav", "item_id": "1"}, "callback_url": "http://a.example/\udfff"},
    ],
    ids=json.dumps,
)
def test_a_wrong_order_is_refused_in_one_sentence(
    make_service_app: Callable[..., Service], body: dict[str, Any]
) -> None:
    service = make_service_app()
    answer = service.client.post(URL, json=body)
    assert answer.status_code in (400, 422)
    assert answer.json["error"]["message"]
    assert sum(service.jobs.counts().values()) == 0


def test_without_a_bucket_it_says_what_to_set(make_app: Callable[..., Flask]) -> None:
    answer = make_app().test_client().post(URL, json={"input": {"file_key": "a", "item_id": "1"}})
    assert answer.status_code == 503
    assert "KONSPEKT_S3_BUCKET" in answer.json["error"]["message"]


def test_the_key_is_asked_for_where_there_is_one(make_service_app: Callable[..., Service]) -> None:
    service = make_service_app(api_key="k" * 16)
    assert service.ask().status_code == 401
    right = {"Authorization": f"Bearer {'k' * 16}"}
    body = {"input": {"file_key": "a.wav", "item_id": "1"}}
    assert service.client.post(URL, json=body, headers=right).status_code == 202


def test_the_endpoint_is_described(make_app: Callable[..., Flask]) -> None:
    described = make_app().test_client().get("/openapi.json").json
    assert "202" in described["paths"]["/api/clean"]["post"]["responses"]
    assert "file_key" in described["components"]["schemas"]["Item"]["properties"]
