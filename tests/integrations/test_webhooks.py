"""Callbacks: signed, tried until they are taken, never into an internal network, with their history."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import BadInput
from app.integrations.signing import secret
from app.jobs.job import Job
from tests.jobs.acting import Acting
from tests.jobs.test_store import on_both_databases
from tests.receiver import Receiver
from tests.wired import WiredService

OURS = {"allowed_networks": "127.0.0.0/8", "delivery_backoff_s": 10, "delivery_timeout_s": 20}
SECRET = "a secret of sixteen"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def send(service: WiredService, url: str, name: str = "встреча") -> Job:
    upload = service.incoming()
    upload.write_text(name, encoding="utf-8")
    return service.submit("anna", name, upload, callback_url=url)


def deliver(service: WiredService, after_s: float = 0) -> int:
    return service.integrations.webhooks.run_once(datetime.now(UTC) + timedelta(seconds=after_s))


def deliver_in_vain(service: WiredService, after_s: float = 0) -> int:
    """Do so with a short deadline: for a receiver that never ends its answer."""
    sender = service.integrations.webhooks._sender
    patient = sender._config
    sender._config = patient.model_copy(update={"delivery_timeout_s": 0.5})
    try:
        return deliver(service, after_s)
    finally:
        sender._config = patient


@on_both_databases
def test_the_end_of_a_job_is_told_signed(
    make_service: Callable[..., WiredService], receiver: Receiver
) -> None:
    service = make_service(**OURS, webhook_secret=SECRET)
    job = send(service, f"{receiver.url}/hook?x=1")
    assert deliver(service) == 0, "it has not ended"
    service.worker.run_once()
    assert deliver(service) == 1
    assert deliver(service, 1e6) == 0, "once is enough"
    (told,) = receiver.received
    assert told.path == "/hook?x=1"
    assert told.json["event"] == "job.done"
    assert told.json["job_id"] == job.id
    assert told.json["name"] == "встреча"
    assert told.is_signed_with(SECRET.encode())
    assert not told.is_signed_with(b"another")


@on_both_databases
def test_every_state_of_a_job_is_told_once_where_that_is_wanted(
    make_service: Callable[..., WiredService], receiver: Receiver
) -> None:
    service = make_service(**OURS, webhook_events="all")
    send(service, receiver.url)
    assert deliver(service) == 1
    service.worker.run_once()
    assert deliver(service) == 2
    assert deliver(service, 1e6) == 0
    short = send(service, receiver.url)
    service.worker.run_once()
    assert deliver(service) == 3, "nobody looked while it was queued and ran"
    gone = send(service, receiver.url)
    service.cancel("anna", gone.id)
    assert deliver(service) == 2
    told = [
        (one.json["event"], one.json["status"], one.json["finished_at"] is None) for one in receiver.received
    ]
    done = [("job.queued", "queued", True), ("job.running", "running", True), ("job.done", "done", False)]
    assert told == [*done, *done, done[0], ("job.cancelled", "cancelled", False)]
    assert [one.json["job_id"] for one in receiver.received][3:] == [*3 * [short.id], *2 * [gone.id]]
    assert all(one.json["at"] for one in receiver.received)


def test_without_a_secret_of_its_own_it_signs_with_one_that_it_made(
    make_service: Callable[..., WiredService], receiver: Receiver, tmp_path: Path
) -> None:
    service = make_service(**OURS)
    send(service, receiver.url)
    service.worker.run_once()
    deliver(service)
    key = tmp_path / "data/webhook.key"
    assert receiver.received[0].is_signed_with(key.read_bytes())
    assert key.stat().st_mode & 0o777 == 0o600
    assert secret(service._config) == key.read_bytes()


@pytest.mark.parametrize("manner", [500, 302, 404, "hang", "cut"])
def test_what_is_not_taken_is_tried_again_later_and_stands_in_the_history(
    make_service: Callable[..., WiredService], receiver: Receiver, manner: int | str
) -> None:
    service = make_service(**OURS)
    job = send(service, receiver.url)
    service.worker.run_once()
    receiver.manners = [manner, manner]
    try_once = deliver_in_vain if manner == "hang" else deliver
    assert try_once(service) == 0
    assert try_once(service, 5) == 0
    assert len(receiver.received) == 1, "not before its time"
    assert try_once(service, 11) == 0
    assert deliver(service, 40) == 1
    (row,) = service.integrations.webhooks.of(job.id)
    assert row.state == "delivered"
    assert [attempt.get("status") for attempt in row.history] == [
        manner if isinstance(manner, int) else None,
        manner if isinstance(manner, int) else None,
        200,
    ]
    assert len({told.headers["X-Konspekt-Delivery"] for told in receiver.received}) == 1


@pytest.mark.parametrize("manner", ["drip", "not yet"])
def test_a_receiver_that_drips_its_answer_holds_nobody(
    make_service: Callable[..., WiredService], receiver: Receiver, manner: str
) -> None:
    service = make_service(**OURS)
    job = send(service, receiver.url)
    service.worker.run_once()
    receiver.manners = [manner]
    began = time.monotonic()
    assert deliver_in_vain(service) == 0
    assert time.monotonic() - began < 15, "it would have gone on for ever"
    (row,) = service.integrations.webhooks.of(job.id)
    assert row.history[0]["error"] == "no answer in time"
    assert deliver(service, 11) == 1


@pytest.mark.parametrize("manner", ["drip body", "flood"])
def test_of_an_answer_only_the_beginning_is_read(
    make_service: Callable[..., WiredService], receiver: Receiver, manner: str
) -> None:
    service = make_service(**OURS)
    job = send(service, receiver.url)
    service.worker.run_once()
    receiver.manners = [manner]
    began = time.monotonic()
    assert deliver(service) == 1
    assert time.monotonic() - began < 15, "the deadline is 20 s; the body would take 20,000"
    (row,) = service.integrations.webhooks.of(job.id)
    assert row.history[0]["status"] == 200
    assert 0 < len(row.history[0]["answer"]) <= 500


def test_a_receiver_that_is_away_is_refused_connection_in_the_history(
    make_service: Callable[..., WiredService],
) -> None:
    with Receiver() as gone:
        url = gone.url
    service = make_service(**OURS, delivery_attempts=2)
    job = send(service, url)
    service.worker.run_once()
    deliver(service)
    deliver(service, 11)
    deliver(service, 1e6)
    (row,) = service.integrations.webhooks.of(job.id)
    assert (row.state, row.attempts) == ("failed", 2)
    assert {attempt["error"] for attempt in row.history} == {"the connection was refused"}


def test_gone_is_the_last_word(make_service: Callable[..., WiredService], receiver: Receiver) -> None:
    service = make_service(**OURS)
    job = send(service, receiver.url)
    service.worker.run_once()
    receiver.manners = [410]
    deliver(service)
    assert service.integrations.webhooks.of(job.id)[0].state == "failed"


def test_a_failure_is_told_and_so_is_the_end_after_a_retry(
    make_service: Callable[..., WiredService], acting: Acting, receiver: Receiver
) -> None:
    service = make_service(**OURS)
    job = send(service, receiver.url)
    acting.raises["transcribe"] = BadInput("This is not speech.")
    service.worker.run_once()
    deliver(service)
    acting.raises.clear()
    service.retry("anna", job.id)
    service.worker.run_once()
    deliver(service)
    assert [told.json["event"] for told in receiver.received] == ["job.failed", "job.done"]
    assert receiver.received[0].json["error"] == "This is not speech."


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/x", "http://[::1]/", "http://169.254.169.254/latest", "http://0x7f000001/", "ftp://x/",
     "http://10.0.0.1:9000/", "https://user:pass@example.com/", "javascript:alert(1)", "http://localhost/"],
)  # fmt: skip
def test_an_internal_address_is_refused_when_the_job_is_sent(service: WiredService, url: str) -> None:
    with pytest.raises(BadInput):
        send(service, url)
    assert service.list("anna") == []


def test_a_name_that_turns_to_an_internal_address_later_is_not_called(
    make_service: Callable[..., WiredService], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.integrations.webhooks.Webhooks.check_url", lambda self, url: None)
    service = make_service(**(OURS | {"allowed_networks": ""}))
    job = send(service, receiver.url)
    service.worker.run_once()
    deliver(service)
    assert receiver.received == []
    (attempt,) = service.integrations.webhooks.of(job.id)[0].history
    assert "not open" in attempt["error"]


def test_the_messages_of_a_deleted_job_go_with_it(
    make_service: Callable[..., WiredService], receiver: Receiver
) -> None:
    service = make_service(**OURS)
    job = send(service, receiver.url)
    service.worker.run_once()
    deliver(service)
    service.delete("anna", job.id)
    assert service.integrations.webhooks.of(job.id) == []


@on_both_databases
def test_two_that_deliver_at_once_send_each_message_once(
    make_service: Callable[..., WiredService], receiver: Receiver
) -> None:
    import threading

    service = make_service(**OURS)
    for n in range(8):
        send(service, receiver.url, f"{n}")
        service.worker.run_once()
    both = [threading.Thread(target=deliver, args=(service,)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(told.json["name"] for told in receiver.received) == [f"{n}" for n in range(8)]
