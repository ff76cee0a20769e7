"""A backup as docs/scale.md describes it, and what stands again after all was lost: `make scale-test`."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.jobs.job import JobStatus
from tests.e2e.visitor import Visitor
from tests.making import TONE, make_media
from tests.postgres import BINARIES, Postgres
from tests.s3 import BUCKET, SeaweedFS, client, settings
from tests.scale.cluster import cluster
from tests.scale.test_short import ended, stages_ended, stages_last

pytestmark = [
    pytest.mark.skipif(not os.environ.get("KONSPEKT_TRIALS"), reason="run by `make scale-test`"),
    pytest.mark.timeout(600),
]
KEYS = {"secret_key": "the same before and after it", "webhook_secret": "the same before and after it"}


@pytest.fixture
def server() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


def buckets(folder: Path) -> Iterator[SeaweedFS]:
    """Start S3 servers, each with a disk of its own; none outlives the test."""
    started: list[SeaweedFS] = []
    try:
        while True:
            at = folder / f"s3-{len(started)}"
            at.mkdir(parents=True)
            started.append(SeaweedFS(at))
            yield started[-1]
    finally:
        for bucket in started:
            bucket.stop()


def program(server: Postgres, name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs against the test's server."""
    where = ("-h", str(server.folder), "-U", "postgres")
    subprocess.run([str(BINARIES[-1] / name), *where, *arguments], check=True, capture_output=True)


def objects(endpoint: str, folder: Path) -> None:
    """Copy a bucket into a folder, as `aws s3 sync` does."""
    s3 = client(endpoint)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for item in page.get("Contents", []):
            target = folder / item["Key"]
            target.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(BUCKET, item["Key"], str(target))


def put_back(endpoint: str, folder: Path) -> None:
    for path in filter(Path.is_file, folder.rglob("*")):
        client(endpoint).upload_file(str(path), BUCKET, path.relative_to(folder).as_posix())


def test_what_was_backed_up_stands_again_with_its_owners_and_its_queue(
    tmp_path: Path, server: Postgres
) -> None:
    sound = make_media(tmp_path / "tone.wav", *TONE)
    dump, copy, made = tmp_path / "konspekt.dump", tmp_path / "copy", buckets(tmp_path)
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        folder.mkdir()
        stages_last(folder, 0.1)
    bucket = next(made)
    s3 = {"storage": "s3-shared", **KEYS, **settings(bucket.endpoint)}
    with cluster(before, database_url=server.create("before"), **s3) as running:
        web, worker = running.add_web(), running.add_worker()
        with Visitor(web) as visitor:
            done = [visitor.send(sound) for _ in range(2)]
            assert {job.status for job in ended(visitor.store, done)} == {JobStatus.DONE}
            texts = [visitor.download(job_id, "minutes.txt").content for job_id in done]
            worker.kill()
            waits = visitor.send(sound)
            program(server, "pg_dump", "-Fc", "-f", str(dump), "before")
            later = visitor.send(sound)
            objects(bucket.endpoint, copy)
            cookies = visitor.browser.cookies.copy()
    bucket.stop()
    shutil.rmtree(before)

    server.create("after")
    program(server, "pg_restore", "--no-owner", "-d", "after", str(dump))
    other = next(made)
    put_back(other.endpoint, copy)
    s3 |= settings(other.endpoint)
    with cluster(after, database_url=server.url("after"), **s3) as running:
        web = running.add_web()
        with Visitor(web) as visitor:
            visitor.browser.cookies.update(cookies)
            assert [visitor.download(job_id, "minutes.txt").content for job_id in done] == texts
            assert later not in {job.id for job in visitor.store.visible()}, "it came after the dump"
            running.add_worker()
            assert [job.status for job in ended(visitor.store, [waits])] == [JobStatus.DONE]
            assert stages_ended(after, "summarize") == {waits: 1}, "what was done is not done again"
            assert visitor.download(waits, "minutes.docx").status_code == 200
            assert visitor.send(sound)
    made.close()
