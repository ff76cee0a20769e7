"""A visitor of the running program, with a browser's cookies."""

import re
import time
from pathlib import Path
from typing import Any, Self

import requests

from app.config import Config
from app.jobs.job import Job
from app.jobs.store import JobStore
from tests.running import RunningServer


class Visitor:
    """Uploads by the page's form; looks at the jobs in the database, which is the truth."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.browser = requests.Session()
        self.browser.headers["Accept"] = "application/json"
        at = {"database_url": server.settings["database_url"]} if "database_url" in server.settings else {}
        self.store = JobStore(Config(data_dir=server.folder / "data", **at))
        self._token = ""

    def log_in(self) -> None:
        """Open the page once, as a browser does: it brings the session and the token of the form."""
        page = self.browser.get(self.server.url, headers={"Accept": "text/html"}, timeout=60).text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found is not None, page
        self._token = found[1]

    def upload(self, path: Path, name: str | None = None, language: str = "auto") -> requests.Response:
        if not self._token:
            self.log_in()
        with path.open("rb") as file:
            return self.browser.post(
                f"{self.server.url}/jobs",
                data={"csrf_token": self._token, "language": language},
                files={"files": (name or path.name, file, "application/octet-stream")},
                timeout=60,
            )

    def send(self, path: Path, language: str = "auto") -> str:
        """Upload a good recording; return its job's id."""
        answer = self.upload(path, language=language)
        assert answer.status_code == 201, answer.text
        job_id: str = answer.json()["jobs"][0]["id"]
        return job_id

    def job(self, job_id: str) -> Job:
        return next(job for job in self.store.visible() if job.id == job_id)

    def wait_for(self, job_id: str, *wanted: str, timeout_s: float = 90) -> Job:
        """Wait until the job's stage or status is one of `wanted`."""
        deadline = time.monotonic() + timeout_s
        while True:
            job = self.job(job_id)
            if job.status.value in wanted or (job.stage in wanted and job.status.value == "running"):
                return job
            assert not job.status.ended, f"{job.status}: {job.error}"
            assert time.monotonic() < deadline, job
            time.sleep(0.005)

    def download(self, job_id: str, file: str) -> requests.Response:
        return self.browser.get(f"{self.server.url}/jobs/{job_id}/download/{file}", timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self.browser.close()
        self.store.close()
