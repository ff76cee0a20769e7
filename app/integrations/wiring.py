"""What jobs have to do with other systems, put together for `create_app`, which hands it to JobService."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property, partial

from sqlalchemy.orm import Session

from app.config import Config
from app.integrations.api_keys import ApiKeys
from app.integrations.idempotency import Idempotency
from app.integrations.record_sync import RecordSync
from app.integrations.s3_copies import S3Copies
from app.integrations.webhooks import Webhooks
from app.jobs.folders import Folders
from app.jobs.hooks import Hooks, PeriodicTask
from app.jobs.store import JobStore
from app.pipeline import Stage
from app.pipeline.fetching import Fetcher
from app.pipeline.stages.download import download_by
from app.pipeline.stages.fetch import fetch_by
from app.pipeline.stages.store import store_in
from app.pipeline.stages.vectorize_list import vectorize_list_by
from app.storage.buckets import bucket
from app.storage.s3 import S3Bucket


class Integrations:
    """Keys, webhooks, copies in S3, the cleaning service's records. Connects when that is needed."""

    def __init__(self, config: Config, store: JobStore) -> None:
        self._config = config
        folders = Folders(config)
        self.fetcher = Fetcher(config, lambda: self.service_bucket)
        self.api_keys = ApiKeys(store)
        self.idempotency = Idempotency(store)
        self.webhooks = Webhooks(config, store)
        self.record_sync = RecordSync(config, store, folders, self.webhooks)
        self.copies: S3Copies | None = None
        if config.s3_bucket:
            self.copies = S3Copies(config, store, folders, partial(bucket, config, config.s3_prefix))

    @property
    def stages(self) -> dict[str, Stage]:
        """The stages that need a bucket or the web."""
        return {
            "fetch": fetch_by(self.fetcher),
            "store": store_in(lambda: self.service_bucket),
            "download": download_by(self.fetcher),
            "vectorize_list": vectorize_list_by(self.fetcher, self._config.downloads_ahead),
        }

    @property
    def hooks(self) -> Hooks:
        """What the queue has to do with them."""
        tasks = [
            _task("record-sync", self.record_sync.run_once, 0.5),
            _task("webhooks-1", self.webhooks.run_once, 1.0),
            _task("webhooks-2", self.webhooks.run_once, 1.3),
        ]
        if copies := self.copies:
            tasks.append(_task("s3-copies", copies.run_once, 2.0))
        return Hooks(tuple(tasks), self.copies, self.webhooks.check_url, self._forget)

    @cached_property
    def service_bucket(self) -> S3Bucket:
        """The bucket as other systems see it: their keys have no prefix of ours. Raises EngineUnavailable."""
        return bucket(self._config)

    def _forget(self, session: Session, job_id: str) -> None:
        """Let nothing of a deleted job stay elsewhere."""
        self.webhooks.forget(session, job_id)
        self.idempotency.forget(session, job_id)
        if self.copies is not None:
            self.copies.forget(session, job_id)


def _task(name: str, run_once: Callable[[datetime], object], pause_s: float) -> PeriodicTask:
    return PeriodicTask(name, lambda: run_once(datetime.now(UTC)), pause_s)
