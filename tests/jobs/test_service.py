"""JobService as the rest of the program sees it."""

from pathlib import Path

from app.jobs.job import JobStatus
from app.jobs.service import JobService


def upload(service: JobService, text: str = "привет") -> Path:
    path = service.incoming()
    path.write_text(text, encoding="utf-8")
    return path


def test_a_submitted_job_becomes_minutes(service: JobService) -> None:
    service.start()
    job = service.submit("anna", "совещание.mp4", upload(service))
    seen = service.version("anna")
    while not service.get("anna", job.id).status.ended:
        seen = service.wait_for_change("anna", seen, 10)
    done = service.get("anna", job.id)
    assert done.status is JobStatus.DONE, done.error
    minutes = service.recording("anna", job.id).minutes
    assert minutes is not None
    assert minutes.decisions[0].text == "ПРИВЕТ"
