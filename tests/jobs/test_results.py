"""What is there of a job's results."""

import pytest

from app.errors import NotFound
from app.jobs.service import JobService
from tests.jobs.acting import submit, wait_until_ended


def test_a_file_is_found_here_or_said_to_be_gone(service: JobService) -> None:
    job = submit(service)
    path = service._folders.result(job.id) / "poster.jpg"
    assert not service.results.has_file(job, "poster.jpg")
    with pytest.raises(NotFound):
        service.results.file(job, "poster.jpg")
    path.write_bytes(b"picture")
    assert service.results.has_file(job, "poster.jpg")
    assert service.results.file(job, "poster.jpg") == path.resolve()
    assert service.results.file_url(job, "poster.jpg", "Poster.jpg") is None, "nothing is in S3"


def test_what_stages_found_is_read_of_all_of_them_or_of_those_named(service: JobService) -> None:
    service.start()
    done = wait_until_ended(service, submit(service))
    assert service.results.recording(done).minutes is not None
    assert service.results.recording(done, ("extract",)).minutes is None
