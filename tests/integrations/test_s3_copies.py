"""Copies in S3: sent when a job has ended, tried until S3 takes them, deleted with the job."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from app.errors import NotFound, StorageUnavailable
from app.integrations import s3_copies
from app.integrations.tables import CopyRow
from app.jobs.job import Job, JobStatus
from app.storage.s3 import S3Bucket
from tests import s3
from tests.jobs.acting import submit
from tests.jobs.test_store import on_both_databases
from tests.wired import WiredService


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3.moto() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(endpoint: str) -> Iterator[str]:
    requests.post(f"{endpoint}/moto-api/reset", timeout=60)
    s3.client(endpoint).create_bucket(Bucket=s3.BUCKET)
    return endpoint


def copy(service: WiredService, after_s: float = 0) -> int:
    assert service.integrations.copies is not None
    return service.integrations.copies.run_once(datetime.now(UTC) + timedelta(seconds=after_s))


def done(service: WiredService, name: str = "a") -> Job:
    job = submit(service, name)
    service.worker.run_once()
    return service.get("anna", job.id)


def keys(endpoint: str) -> set[str]:
    found = s3.client(endpoint).list_objects_v2(Bucket=s3.BUCKET).get("Contents", [])
    return {item["Key"] for item in found}


def rows(service: WiredService) -> list[CopyRow]:
    with service._store.begin() as session:
        return [*session.scalars(select(CopyRow).order_by(CopyRow.key))]


@on_both_databases
def test_what_a_job_left_is_copied_with_its_checksums(
    make_service: Callable[..., WiredService], bucket: str, tmp_path: Path
) -> None:
    service = make_service(storage="s3", s3_prefix="ours", **s3.settings(bucket))
    job = done(service)
    assert not job.copy_pending
    assert copy(service) == 5
    assert not service.get("anna", job.id).copy_pending
    files = ("speech.wav", "media.json", "transcript.json", "minutes.json")
    expected = {f"uploads/{job.id}/source", *(f"results/{job.id}/{file}" for file in files)}
    assert keys(bucket) == {f"ours/{key}" for key in expected}
    for row in rows(service):
        assert row.sha256 == hashlib.sha256((tmp_path / row.key).read_bytes()).hexdigest()
        assert row.state == "copied"


def test_a_job_is_done_while_s3_is_away_and_copied_when_it_is_back(
    make_service: Callable[..., WiredService], bucket: str
) -> None:
    settings = s3.settings(bucket) | {"s3_endpoint": f"http://127.0.0.1:{s3.free_port()}"}
    away = make_service(storage="s3", **settings)
    job = done(away)
    assert copy(away) == 0
    job = away.get("anna", job.id)
    assert (job.status, job.copy_pending) == (JobStatus.DONE, True)
    assert all(row.error for row in rows(away))
    assert away.results.file(job, "minutes.json") == away._folders.result(job.id).resolve() / "minutes.json"

    back = make_service(storage="s3", **s3.settings(bucket))
    assert copy(back) == 0, "the pause of the back-off is kept"
    assert copy(back, 10) == 5
    assert not back.get("anna", job.id).copy_pending


def test_files_on_another_machine_keep_none_that_are_here_waiting(
    make_service: Callable[..., WiredService], bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_copies, "AT_ONCE", 5)
    service = make_service(storage="s3", **s3.settings(bucket))

    def away(*_: object) -> None:
        raise StorageUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(S3Bucket, "put", away)
        elsewhere = done(service, "a")
        copy(service)
        done(service, "b")
        copy(service, 1)
    shutil.rmtree(service._folders.result(elsewhere.id))
    service._folders.source(elsewhere.id).unlink()
    assert copy(service, 20) == 5


def test_copies_go_with_their_job_even_if_s3_is_away_just_then(
    make_service: Callable[..., WiredService], bucket: str
) -> None:
    service = make_service(storage="s3", **s3.settings(bucket))
    job = done(service)
    copy(service)
    away = make_service(storage="s3", **(s3.settings(bucket) | {"s3_endpoint": "http://127.0.0.1:1"}))
    away.delete("anna", job.id)
    assert copy(away) == 0
    assert len(keys(bucket)) == 5
    assert copy(service, 20) == 5
    assert keys(bucket) == set()
    assert rows(service) == []


def test_what_is_here_no_more_comes_from_s3(make_service: Callable[..., WiredService], bucket: str) -> None:
    service = make_service(storage="s3", s3_keep_local="false", **s3.settings(bucket))
    job = done(service)
    sound = (service._folders.result(job.id) / "speech.wav").read_bytes()
    copy(service)
    assert not service._folders.source(job.id).exists()
    assert not (service._folders.result(job.id) / "speech.wav").exists()
    assert service.results.recording(job).minutes is not None

    address = service.results.file_url(job, "speech.wav", "Речь.wav")
    assert address is not None
    assert "X-Amz-Expires=300" in address
    answer = requests.get(address, timeout=60)
    assert answer.content == sound
    assert "filename" in answer.headers["Content-Disposition"]

    assert service.results.file(job, "speech.wav").read_bytes() == sound
    assert service.results.file_url(job, "speech.wav", "Речь.wav") is None, "it is here again"


def test_a_copy_that_was_changed_is_not_taken_for_ours(
    make_service: Callable[..., WiredService], bucket: str
) -> None:
    service = make_service(storage="s3", s3_keep_local="false", **s3.settings(bucket))
    job = done(service)
    copy(service)
    s3.client(bucket).put_object(Bucket=s3.BUCKET, Key=f"results/{job.id}/speech.wav", Body=b"other")
    with pytest.raises(NotFound, match="not the one"):
        service.results.file(job, "speech.wav")


def test_a_machine_that_lost_its_disk_shows_the_results_from_s3(
    make_service: Callable[..., WiredService], bucket: str
) -> None:
    service = make_service(storage="s3", **s3.settings(bucket))
    job = done(service)
    copy(service)
    shutil.rmtree(service._folders.result(job.id))
    shutil.rmtree(service._folders.source(job.id).parent)
    assert service.janitor.settle_lost_files() == 0
    assert service.results.recording(job).minutes is not None
    shutil.rmtree(service._folders.result(job.id))
    without = make_service()
    assert without.janitor.settle_lost_files() == 1


def test_a_retried_job_is_copied_anew(make_service: Callable[..., WiredService], bucket: str) -> None:
    service = make_service(storage="s3", **s3.settings(bucket))
    job = submit(service, "a")
    service.cancel("anna", job.id)
    copy(service)
    assert len(keys(bucket)) == 1
    service.retry("anna", job.id)
    service.worker.run_once()
    copy(service)
    assert len(keys(bucket)) == 5


def test_another_job_s_file_is_not_given_out(make_service: Callable[..., WiredService], bucket: str) -> None:
    service = make_service(storage="s3", **s3.settings(bucket))
    job = done(service)
    copy(service)
    for name in ("../../uploads/x/source", "nothing.wav"):
        with pytest.raises(NotFound):
            service.results.file(job, name)


def test_by_default_nothing_is_copied(make_service: Callable[..., WiredService], bucket: str) -> None:
    service = make_service(**s3.settings(bucket))
    done(service)
    elsewhere = done(service, "on another machine")
    shutil.rmtree(service._folders.result(elsewhere.id))
    shutil.rmtree(service._folders.source(elsewhere.id).parent)
    assert copy(service) == 0
    assert service.integrations.copies is not None
    assert service.integrations.copies.note_all(datetime.now(UTC)) == 5
    assert copy(service, 1) == 5
