"""A visitor of an app in this process: his cookies, his token, his recordings."""

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.jobs.job import Job
from app.jobs.service import JobService
from app.web.core.context import konspekt

JSON = {"Accept": "application/json"}
HTMX = {"HX-Request": "true"}


@dataclass
class Visitor:
    """A browser with JavaScript off, unless a test sends what the page's script would send."""

    client: FlaskClient
    owner: str = ""
    token: str = ""

    @property
    def jobs(self) -> JobService:
        return konspekt(self.app).jobs

    @property
    def app(self) -> Flask:
        return self.client.application

    def open(self, path: str = "/", **options: Any) -> str:
        """Open a page that must be there; its tokens and this visitor's id are kept."""
        answer = self.client.get(path, **options)
        assert answer.status_code == 200, answer.text
        if found := re.search(r'name="csrf_token" value="([^"]+)"', answer.text):
            self.token = found[1]
        with self.client.session_transaction() as session:
            self.owner = session.get("owner", "")
        return answer.text

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form with its token."""
        return self.client.post(path, data={"csrf_token": self.token, **(data or {})}, **options)

    def upload(self, *files: tuple[str, bytes], language: str = "auto", **options: Any) -> TestResponse:
        """Send the upload form: (name, content) of each file."""
        sent = [(BytesIO(content), name) for name, content in files]
        return self.post("/jobs", {"language": language, "files": sent}, **options)

    def send(self, name: str = "совещание.mp4", **options: Any) -> Job:
        """Hand a recording to the queue past the form; its content is its name."""
        path = self.jobs.incoming()
        path.write_text(name, encoding="utf-8")
        return self.jobs.submit(self.owner, name, path, **options)

    def done(self, name: str = "совещание.mp4", **options: Any) -> Job:
        """Have a recording that has been worked on."""
        job = self.send(name, **options)
        assert self.jobs.worker.run_once()
        return self.jobs.get(self.owner, job.id)

    def names(self) -> list[str]:
        return [job.name for job in self.jobs.list(self.owner)]


def stored_sessions(app: Flask) -> int:
    """Count the sessions that the database keeps."""
    with app.app_context():
        database = app.config["SESSION_SQLALCHEMY"]
        return int(database.session.execute(text("select count(*) from sessions")).scalar())


def files_under(*folders: Path) -> set[Path]:
    return {path for folder in folders for path in folder.rglob("*") if path.is_file()}
