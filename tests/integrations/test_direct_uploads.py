"""Files that browsers send straight into the bucket: resumed, judged whole, and never left behind."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from app.errors import Conflict, NotFound
from app.integrations.direct_uploads import DirectUpload, DirectUploads
from app.jobs.job import JobStatus
from app.jobs.retention import UNCLAIMED
from app.storage.s3 import S3Bucket, S3Options
from tests import s3
from tests.wired import WiredService

Machine = Callable[..., WiredService]
DATA = bytes(range(256)) * 2**13 + "Иванов готовит отчёт.".encode()  # three parts, the last one short


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.storage.multipart.PART_BYTES", 2**20)
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3.moto() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def connection(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> S3Bucket:
    options = S3Options(s3.BUCKET, endpoint, access_key=s3.ACCESS, secret_key=s3.SECRET)
    return S3Bucket(options, tmp_path_factory.mktemp("scratch"))


@pytest.fixture
def machine(make_service: Machine, endpoint: str, connection: S3Bucket, tmp_path: Path) -> Machine:
    def make(name: str) -> WiredService:
        folders = {f"{kind}_dir": tmp_path / name / kind for kind in ("uploads", "results")}
        settings = {"storage": "s3-shared", "s3_public_endpoint": endpoint, **s3.settings(endpoint)}
        made = make_service(**{**settings, **folders})
        assert made.integrations.files is not None
        made.integrations.files._scratch.__dict__["bucket"] = connection
        uploads(made).__dict__["bucket"] = connection
        return made

    return make


def uploads(service: WiredService) -> DirectUploads:
    assert service.integrations.direct_uploads is not None
    return service.integrations.direct_uploads


def put(service: WiredService, upload: DirectUpload, data: bytes = DATA, most: int = 99) -> None:
    """Send as a browser does: what is missing, where it is told."""
    for part in uploads(service).missing(upload)[1][:most]:
        requests.put(part.url, data[part.begin : part.end], timeout=60).raise_for_status()


def objects(endpoint: str) -> set[str]:
    found = s3.client(endpoint).list_objects_v2(Bucket=s3.BUCKET).get("Contents", [])
    return {item["Key"] for item in found}


def multiparts(endpoint: str) -> int:
    return len(s3.client(endpoint).list_multipart_uploads(Bucket=s3.BUCKET).get("Uploads", []))


def test_any_web_process_goes_on_with_it_and_any_worker_has_the_bytes(machine: Machine) -> None:
    web, other, worker = (machine(name) for name in ("web", "other", "worker"))
    begun = uploads(web).create("anna", "совещание.wav", len(DATA))
    put(web, begun, most=1)
    upload = uploads(other).get("anna", begun.id)
    arrived, parts = uploads(other).missing(upload)
    assert (arrived, [(part.begin, part.end) for part in parts]) == (
        2**20,
        [(2**20, 2**21), (2**21, len(DATA))],
    )
    put(other, upload)
    uploads(other).complete(upload)
    uploads(web).complete(upload)  # asked for again
    job = other.submit("anna", upload.name, upload.size_bytes, job_id=upload.id)
    uploads(other).settle(upload)
    taken = worker.worker.running.take()
    assert taken is not None
    worker.worker.files.load_all(taken[1])
    assert worker.worker.folders.source(job.id).read_bytes() == DATA
    with pytest.raises(NotFound):
        uploads(web).get("anna", upload.id)


def test_what_has_not_arrived_as_a_whole_is_no_recording(machine: Machine, endpoint: str) -> None:
    web = machine("web")
    upload = uploads(web).create("anna", "a.wav", len(DATA))
    put(web, upload, most=2)
    with pytest.raises(Conflict):
        uploads(web).complete(upload)
    put(web, upload)
    uploads(web).complete(upload)
    assert uploads(web).missing(upload) == (len(DATA), [])


def test_a_part_that_is_shorter_than_it_was_to_be_is_sent_again(machine: Machine, endpoint: str) -> None:
    web = machine("web")
    upload = uploads(web).create("anna", "a.wav", len(DATA))
    last = uploads(web).missing(upload)[1][-1]
    s3.client(endpoint).upload_part(
        Bucket=s3.BUCKET, Key=upload.object, UploadId=upload.multipart, PartNumber=3, Body=b"short"
    )
    assert uploads(web).missing(upload)[1][-1].begin == last.begin
    put(web, upload)
    uploads(web).complete(upload)


def test_a_kill_between_the_bucket_and_the_row_loses_nothing(machine: Machine) -> None:
    web = machine("web")
    upload = uploads(web).create("anna", "a.wav", len(DATA))
    put(web, upload)
    arrived = uploads(web)._parts.arrived(upload.object, upload.multipart)
    tags = {n: tag for n, (_, tag) in arrived.items()}
    uploads(web)._parts.finish(upload.object, upload.multipart, tags)  # and here it dies
    assert uploads(web).missing(upload) == (len(DATA), [])
    uploads(web).complete(upload)
    assert web.submit("anna", "a.wav", upload.size_bytes, job_id=upload.id).status is JobStatus.QUEUED


def test_it_is_its_visitors_alone(machine: Machine) -> None:
    web = machine("web")
    upload = uploads(web).create("anna", "a.wav", 10)
    for owner, upload_id in (("boris", upload.id), ("anna", "0" * 32), ("anna", "x/../y")):
        with pytest.raises(NotFound):
            uploads(web).get(owner, upload_id)


def test_what_is_given_up_or_forgotten_leaves_nothing(machine: Machine, endpoint: str) -> None:
    web = machine("web")
    before = objects(endpoint), multiparts(endpoint)
    for n_parts in (1, 99):
        upload = uploads(web).create("anna", "a.wav", len(DATA))
        put(web, upload, most=n_parts)
        uploads(web).remove(upload)
    left = uploads(web).create("anna", "a.wav", len(DATA))
    put(web, left, most=1)
    assert uploads(web).delete_due(datetime.now(UTC)) == 0
    later = datetime.now(UTC) + UNCLAIMED + timedelta(minutes=1)
    assert uploads(web).delete_due(later) >= 1
    assert (objects(endpoint), multiparts(endpoint)) <= before or multiparts(endpoint) == 0
