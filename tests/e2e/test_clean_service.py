"""The cleaning service as it is run: S3, PostgreSQL, an endpoint to hand over to; each of them fails once."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from app.audio.wav import write_wav
from tests import s3
from tests.making import syllables
from tests.postgres import BINARIES, Postgres
from tests.receiver import Receiver
from tests.running import RunningServer
from tests.tiny_demucs import save_tiny

ITEMS = ("1", "2", "3")
LATE = "4"  # asked for while S3 is away


@pytest.fixture
def weed(tmp_path: Path) -> Iterator[s3.SeaweedFS]:
    (tmp_path / "weed").mkdir()
    server = s3.SeaweedFS(tmp_path / "weed")
    yield server
    server.stop()


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    if not BINARIES:
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    with Postgres() as server:
        yield server


def records(postgres: Postgres) -> dict[str, dict[str, Any]]:
    where = f"host={postgres.folder} user=postgres dbname=konspekt"
    with psycopg.connect(where, row_factory=psycopg.rows.dict_row) as connection:
        rows = connection.execute("SELECT * FROM konspekt_items").fetchall()
    return {row["item_id"]: row for row in rows}


def wait_until(postgres: Postgres, n_done: int, timeout_s: float = 120) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            found = records(postgres)
        except psycopg.Error:
            found = {}
        if sum(row["status"] == "done" for row in found.values()) >= n_done:
            return
        assert not any(row["status"] == "failed" for row in found.values()), found
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def wait_until_it_waits(postgres: Postgres, item: str, timeout_s: float = 60) -> None:
    """Wait until the record of an item says that its storage is away."""
    deadline = time.monotonic() + timeout_s
    while "storage does not answer" not in str(records(postgres).get(item, {}).get("error")):
        assert time.monotonic() < deadline, records(postgres)
        time.sleep(0.1)


def ask(server: RunningServer, item: str) -> str:
    body = {"input": {"file_key": f"in/{item}.wav", "item_id": item}}
    answer = requests.post(f"{server.url}/api/clean", json=body, timeout=60)
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["job_id"]
    return job_id


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_kills_and_outages_cost_no_item_and_double_none(
    weed: s3.SeaweedFS, postgres: Postgres, tmp_path: Path
) -> None:
    folder = tmp_path / "konspekt"
    (folder / "models/demucs").mkdir(parents=True)
    save_tiny(folder / "models/demucs/955717e8.th", 0)
    bucket = s3.client(weed.endpoint)
    for item in (*ITEMS, LATE):
        write_wav(tmp_path / "call.wav", syllables(12.0))
        bucket.upload_file(str(tmp_path / "call.wav"), s3.BUCKET, f"in/{item}.wav")
    with (
        Receiver(manners=[500, "cut"]) as receiver,
        RunningServer(
            folder,
            database_url=postgres.create("konspekt"),
            hand_over_url=receiver.url,
            delivery_backoff_s=0.2,
            **s3.settings(weed.endpoint),
        ) as server,
    ):
        server.wait_until_ready()
        asked = [ask(server, item) for item in ITEMS]
        assert [ask(server, item) for item in ITEMS] == asked, "the same item is one job"
        wait_until(postgres, 1)
        server.kill()
        server.start()
        server.wait_until_ready()
        postgres.stop("immediate")
        postgres.start()
        weed.stop()
        ask(server, LATE)
        wait_until_it_waits(postgres, LATE)
        weed.start()
        wait_until(postgres, len(ITEMS) + 1)
        deadline = time.monotonic() + 30
        while {told.json["input"]["item_id"] for told in receiver.received} != {*ITEMS, LATE}:
            assert time.monotonic() < deadline, receiver.received
            time.sleep(0.1)
        server.stop()

    found = records(postgres)
    assert {item: row["cleaned_file"] for item, row in found.items()} == {
        item: f"in/{item}_cleaned.wav" for item in (*ITEMS, LATE)
    }
    assert all(row["audio_length_s"] == pytest.approx(12.0) for row in found.values())
    there = {item["Key"] for item in bucket.list_objects_v2(Bucket=s3.BUCKET)["Contents"]}
    assert there == {f"in/{item}{end}.wav" for item in (*ITEMS, LATE) for end in ("", "_cleaned")}
    messages = Counter(told.headers["X-Konspekt-Delivery"] for told in receiver.received)
    assert len(messages) == len(ITEMS) + 1, "one hand-over an item, however often it was tried"
    left = [p.name for p in (folder / "results").rglob("*") if p.is_file() and p.suffix != ".json"]
    assert left == []
