"""Files in a bucket, for machines that share no folder: what one has made, the others have, as it is now."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import event, select

from app.documents.corrections import Line
from app.errors import Conflict, NotFound, Overloaded, StorageUnavailable
from app.integrations.tables import StoredFileRow
from app.jobs.job import Job, JobStatus
from app.pipeline import corrections
from app.pipeline.change import Change
from app.pipeline.checkpoint import checkpoint_path
from app.storage.s3 import S3Bucket, S3Options
from tests import s3
from tests.jobs.acting import Acting, submit, upload
from tests.wired import WiredService

Machine = Callable[..., WiredService]
NOWHERE = "http://127.0.0.1:1"
CHANGE = Change({0: Line(0.0, 2.0, "corrected", None)})


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3.moto() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(endpoint: str) -> str:
    requests.post(f"{endpoint}/moto-api/reset", timeout=60)
    s3.client(endpoint).create_bucket(Bucket=s3.BUCKET)
    return endpoint


@pytest.fixture(scope="module")
def connection(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> S3Bucket:
    """Give a bucket that is connected: that takes boto3 longer than all that a test asks of it."""
    options = S3Options(s3.BUCKET, endpoint, access_key=s3.ACCESS, secret_key=s3.SECRET)
    return S3Bucket(options, tmp_path_factory.mktemp("scratch"))


@pytest.fixture
def machine(make_service: Machine, bucket: str, connection: S3Bucket, tmp_path: Path) -> Machine:
    """Make a machine of this name, with folders of its own."""

    def make(name: str, **settings: object) -> WiredService:
        folders = {f"{kind}_dir": tmp_path / name / kind for kind in ("uploads", "results")}
        made = make_service(storage="s3-shared", **{**s3.settings(bucket), **folders, **settings})
        if not {"s3_endpoint", "s3_public_endpoint"} & settings.keys():
            assert made.integrations.files is not None
            made.integrations.files._scratch.__dict__["bucket"] = connection
        return made

    return make


def objects(endpoint: str) -> dict[str, bytes]:
    client = s3.client(endpoint)
    found = client.list_objects_v2(Bucket=s3.BUCKET).get("Contents", [])
    return {
        item["Key"]: client.get_object(Bucket=s3.BUCKET, Key=item["Key"])["Body"].read() for item in found
    }


def names(service: WiredService, job: Job) -> set[str]:
    return {file.name for file in service.integrations.files._files.of(job.id)}  # type: ignore[union-attr]


def deleted(service: WiredService, after: timedelta = timedelta(minutes=2)) -> int:
    assert service.integrations.files is not None
    return service.integrations.files.delete_due(datetime.now(UTC) + after)


def done(web: WiredService, worker: WiredService, name: str = "привет") -> Job:
    job = submit(web, name)
    worker.worker.run_once()
    return web.get("anna", job.id)


def test_one_machine_takes_a_recording_another_works_and_both_show_what_came_of_it(machine: Machine) -> None:
    web, worker, other = machine("web"), machine("worker"), machine("other")
    job = done(web, worker)
    assert job.status is JobStatus.DONE
    for service in (web, other):
        recording = service.results.recording(job)
        assert recording.minutes is not None
        assert not (recording.folder / "speech.wav").exists(), "sound comes when somebody asks for it"
        assert service.results.file(job, "speech.wav").read_text(encoding="utf-8") == "привет"
        assert service.results.source(job).read_text(encoding="utf-8") == "привет"
    assert names(web, job) == {
        "uploads/source",
        "results/speech.wav",
        "results/media.json",
        "results/transcript.json",
        "results/minutes.json",
    }


def test_which_of_many_have_a_picture_is_one_question_to_the_database(machine: Machine) -> None:
    web, worker = machine("web"), machine("worker")
    jobs = [done(web, worker, f"{n}") for n in range(3)]
    picture = worker._folders.result(jobs[1].id) / "poster.jpg"
    worker.parts.files.load_all(jobs[1])
    picture.write_bytes(b"jpg")
    worker.parts.files.save(jobs[1].id)
    asked: list[str] = []
    event.listen(web._store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert web.results.with_file(jobs, "poster.jpg") == {jobs[1].id}
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1


def test_a_stage_is_done_once_although_its_worker_is_lost_with_its_disk(
    machine: Machine, acting: Acting, tmp_path: Path
) -> None:
    web = machine("web")
    acting.raises["summarize"] = KeyboardInterrupt()
    job = done(web, machine("lost"))
    assert job.status is JobStatus.FAILED
    shutil.rmtree(tmp_path / "lost")
    acting.raises.clear()
    web.retry("anna", job.id)
    machine("worker").worker.run_once()
    assert web.get("anna", job.id).status is JobStatus.DONE
    assert acting.runs["transcribe", job.name] == 1


def test_what_is_so_far_heard_is_seen_elsewhere_and_gone_on_with_elsewhere(machine: Machine) -> None:
    web, worker = machine("web"), machine("worker")
    job = submit(web)
    taken = worker.worker.running.take()
    assert taken is not None
    files = worker.parts.files
    files.load_all(job)
    part = checkpoint_path(worker._folders.result(job.id), "transcribe")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(b"heard so far")
    files.save_parts(job.id)
    there = checkpoint_path(web._folders.result(job.id), "transcribe")
    assert web.parts.files.fetch(job.id, there)
    assert there.read_bytes() == b"heard so far"
    assert there.stat().st_mtime_ns == part.stat().st_mtime_ns, "by which a stage knows what it was made from"
    part.unlink()
    files.save(job.id)
    assert "results/transcribe.checkpoint.part" not in names(web, job)


def test_nothing_is_lost_while_the_bucket_is_away(machine: Machine, acting: Acting) -> None:
    web, away = machine("web"), machine("away", s3_endpoint=NOWHERE)
    sent = upload(away)
    with pytest.raises(StorageUnavailable):
        away.submit("anna", "a", sent)
    assert sent.exists(), "it can be tried again"
    job = submit(web)
    away.worker.run_once()
    waits = web.get("anna", job.id)
    assert (waits.status, waits.error is None) == (JobStatus.QUEUED, False), "it is postponed"
    assert acting.runs["extract", job.name] == 0


def test_a_refused_upload_leaves_nothing(machine: Machine, bucket: str) -> None:
    web = machine("web", max_active_jobs=1)
    submit(web)
    sent = upload(web)
    with pytest.raises(Overloaded):
        web.submit("anna", "one too many", sent)
    assert sent.exists()
    assert deleted(web) == 1
    assert len(objects(bucket)) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_corrections_of_two_machines_are_versions_and_none_is_lost(machine: Machine) -> None:
    web, other = machine("web"), machine("other")
    job = done(web, machine("worker"))
    heard, elsewhere = web.results.recording(job), other.results.recording(job)
    assert web.results.correct(job, heard, 0, CHANGE) is not None
    assert other.results.correct(job, elsewhere, 0, CHANGE) is None, "that version is old"
    assert other.results.corrected(job).version == 1
    assert other.results.correct(job, elsewhere, 1, CHANGE) is not None
    assert web.results.corrected(job).version == 2


def test_of_two_who_change_a_file_at_once_one_is_told(machine: Machine) -> None:
    web, other = machine("web"), machine("other")
    job = done(web, machine("worker"))
    mine, theirs = (service.results.recording(job).folder / corrections.JOURNAL for service in (web, other))
    changing = web.parts.files.changing(job.id, mine)
    changing.__enter__()
    mine.write_text("mine")
    with other.parts.files.changing(job.id, theirs):
        theirs.write_text("theirs")
    with pytest.raises(Conflict):
        changing.__exit__(None, None, None)
    assert web.parts.files.fetch(job.id, mine)
    assert mine.read_text() == "theirs"


def test_a_change_that_cannot_be_stored_is_not_there(machine: Machine) -> None:
    web = machine("web")
    job = done(web, machine("worker"))
    web.results.correct(job, web.results.recording(job), 0, CHANGE)
    away = machine("web", s3_endpoint=NOWHERE)
    heard = away.results.recording(job)
    with pytest.raises(StorageUnavailable):
        away.results.correct(job, heard, 1, CHANGE)
    assert len(corrections.read_journal(heard.folder / corrections.JOURNAL).saved) == 1
    assert web.results.corrected(job).version == 1


def test_a_stage_that_is_done_again_is_forgotten_everywhere(machine: Machine, acting: Acting) -> None:
    web, other, worker = machine("web"), machine("other"), machine("worker")
    job = done(web, worker)
    assert other.results.recording(job).minutes is not None
    web.redo("anna", job.id, "summarize")
    assert other.results.recording(job).minutes is None
    worker.worker.run_once()
    assert acting.runs["summarize", job.name] == 2
    assert other.results.recording(job).minutes is not None


def test_what_is_deleted_is_deleted_in_the_bucket_and_on_every_disk(machine: Machine, bucket: str) -> None:
    web, other = machine("web"), machine("other")
    job = done(web, machine("worker"))
    other.results.recording(job)
    web.delete("anna", job.id)
    assert deleted(web) == 5
    assert objects(bucket) == {}
    files = other.integrations.files
    assert files is not None
    assert files.make_room(datetime.now(UTC) + timedelta(hours=1)) == 1
    assert not other._folders.result(job.id).exists()
    with web._store.begin() as session:
        assert session.scalars(select(StoredFileRow)).all() == []


def test_what_a_kill_cut_off_is_deleted(machine: Machine, bucket: str) -> None:
    web = machine("web")
    files = web.integrations.files
    assert files is not None
    key = files._files.arrive("f" * 32, "uploads/source", 3, 0)
    s3.client(bucket).put_object(Bucket=s3.BUCKET, Key=key, Body=b"cut")
    kept = submit(web)
    assert deleted(web, timedelta(hours=5)) == 0, "it may still be on its way"
    assert deleted(web, timedelta(hours=7)) == 1
    assert list(objects(bucket)) == [files._files.of(kept.id)[0].object]


def test_an_object_that_was_changed_is_not_taken_for_ours(machine: Machine, bucket: str) -> None:
    web, other = machine("web"), machine("other")
    job = done(web, machine("worker"))
    for key in objects(bucket):
        s3.client(bucket).put_object(Bucket=s3.BUCKET, Key=key, Body=b"other")
    with pytest.raises(NotFound, match="not the one"):
        other.results.file(job, "speech.wav")
    assert not (other._folders.result(job.id) / "speech.wav").exists()
    assert list(other._folders.result(job.id).glob("*.part")) == []


def test_parts_of_sound_come_from_the_bucket(machine: Machine) -> None:
    web = machine("web")
    job = done(machine("other"), machine("worker"), "0123456789")
    assert web.results.read(job, "speech.wav", 2, 3) == (b"234", 10)
    assert web.results.read(job, None, 8, 100) == (b"89", 10), "what was sent, too"
    assert web.results.read(job, "speech.wav", 10, 3) is None
    web.results.file(job, "speech.wav")
    assert web.results.read(job, "speech.wav", 2, 3) is None, "it is here now"


def test_a_worker_keeps_nothing_that_is_in_the_bucket(machine: Machine) -> None:
    worker = machine("worker", queue_url="redis://127.0.0.1:1/0")
    job = done(machine("web"), worker)
    assert job.status is JobStatus.DONE
    assert not worker._folders.result(job.id).exists()
    assert not worker._folders.source(job.id).exists()


def test_browsers_are_sent_to_the_bucket_where_they_reach_it(machine: Machine, bucket: str) -> None:
    worker = machine("worker")
    job = done(machine("web"), worker)
    assert machine("web").results.file_url(job, "speech.wav", "a.wav") is None
    reached = machine("web", s3_public_endpoint=bucket.replace("127.0.0.1", "localhost"))
    address = reached.results.file_url(job, "speech.wav", "a.wav")
    assert address is not None
    assert address.startswith("http://localhost:")
    assert requests.get(address, timeout=60).content == job.name.encode()
