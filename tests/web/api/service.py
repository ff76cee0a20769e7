"""The cleaning and transcription service as its tests drive it: real stages and engines, S3 by moto."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse

from app.integrations.wiring import Integrations
from app.jobs.service import JobService
from app.web.core.context import konspekt
from tests import s3

URL = "/api/clean"


@dataclass
class Service:
    """The app with its real stages and engines; turns are taken by the test."""

    app: Flask
    client: FlaskClient
    endpoint: str

    @property
    def jobs(self) -> JobService:
        return konspekt(self.app).jobs

    @property
    def integrations(self) -> Integrations:
        return konspekt(self.app).integrations

    def put(self, key: str, path: Path) -> None:
        s3.client(self.endpoint).upload_file(str(path), s3.BUCKET, key)

    def ask(self, key: str = "calls/разговор.wav", item: Any = "item-1", **more: Any) -> TestResponse:
        body = {"input": {"file_key": key, "item_id": item, **more}}
        return self.client.post(URL, json=body)

    def work(self, after_s: float = 0) -> None:
        """Do all that is to be done now, as the threads would."""
        now = datetime.now(UTC) + timedelta(seconds=after_s)
        while self.jobs.worker.run_once():
            pass
        self.integrations.record_sync.run_once(now)
        self.integrations.webhooks.run_once(now)

    def record(self, table: str = "konspekt_items", database: str | None = None) -> dict[str, Any]:
        """Return the only row of the records, in the database of jobs or in a customer's."""
        engine = create_engine(database) if database else self.jobs._store.engine
        with engine.connect() as connection:
            row = dict(connection.execute(text(f"SELECT * FROM {table}")).mappings().one())
        if database:
            engine.dispose()
        return row

    def keys(self) -> set[str]:
        found = s3.client(self.endpoint).list_objects_v2(Bucket=s3.BUCKET).get("Contents", [])
        return {item["Key"] for item in found}

    def sound_left(self) -> list[Path]:
        config = konspekt(self.app).config
        left = [p for p in config.results_dir.rglob("*") if p.is_file() and p.suffix != ".json"]
        return left + [p for p in config.uploads_dir.rglob("*") if p.is_file() and p.name != "source"]
