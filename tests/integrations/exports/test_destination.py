from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.integrations.exports.destination import BucketDestination, FolderDestination, Parcel, folder_name
from app.jobs.job import Job, JobStatus
from app.storage.s3 import S3Bucket, S3Options
from tests import s3

PARCEL = Parcel(
    "1" * 32, "Встреча", "2026-12-01 Встреча", {"minutes.docx": b"PK", "minutes.txt": "да".encode()}
)


def job(name: str) -> Job:
    now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    return Job("ab12cd34" * 4, "anna", name, 1, "auto", (), JobStatus.DONE, now)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Встреча.mp4", "2026-12-01 Встреча.mp4 ab12cd34"),
        ("../../etc/passwd", "2026-12-01 etc passwd ab12cd34"),
        ("a\0b\nc/d\\e:f*g", "2026-12-01 a b c d e f g ab12cd34"),
        ("...", "2026-12-01 ab12cd34"),
        ("", "2026-12-01 ab12cd34"),
        ("\ud800🎤", "2026-12-01 ab12cd34"),
    ],
)
def test_a_folder_is_named_by_its_recording_and_nothing_of_it_leads_elsewhere(name: str, folder: str) -> None:
    assert folder_name(job(name)).replace(" ? ", " ") == folder


def test_no_name_is_too_long() -> None:
    assert len(folder_name(job("щ" * 500)).encode()) < 200


def test_a_folder_has_them_once_however_often_they_come(tmp_path: Path) -> None:
    for _ in range(2):
        FolderDestination(tmp_path / "new").put(PARCEL)
    found = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert found == {f"new/2026-12-01 Встреча/{name}": content for name, content in PARCEL.documents.items()}


def test_a_bucket_has_them_behind_its_prefix(tmp_path: Path) -> None:
    with s3.moto() as endpoint:
        options = S3Options(s3.BUCKET, endpoint, "minutes/", "us-east-1", True, s3.ACCESS, s3.SECRET)
        BucketDestination(lambda: S3Bucket(options, tmp_path), tmp_path).put(PARCEL)
        client = s3.client(endpoint)
        found = client.get_object(Bucket=s3.BUCKET, Key="minutes/2026-12-01 Встреча/minutes.txt")
        assert found["Body"].read().decode() == "да"
    assert list(tmp_path.iterdir()) == []
