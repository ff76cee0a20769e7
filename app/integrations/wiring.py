"""What jobs have to do with other systems: copies in S3, callbacks, orders of the service."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from app.config import Config
from app.errors import N_, EngineUnavailable, NotFound
from app.integrations.record_sync import RecordSync
from app.integrations.s3_copies import S3Copies
from app.integrations.webhooks import Webhooks
from app.jobs.folders import Folders
from app.jobs.store import JobStore
from app.pipeline import Stage
from app.pipeline.stages.download import Fetcher, download_by
from app.pipeline.stages.fetch import fetch_from
from app.pipeline.stages.store import store_in
from app.pipeline.stages.vectorize_list import vectorize_list_by
from app.storage.buckets import bucket
from app.storage.s3 import S3Bucket

NO_BUCKET = N_("No bucket is configured. Set KONSPEKT_S3_BUCKET, and what belongs to it, and start again.")
NO_FILE = N_("There is no such file. It may have been deleted.")


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Something that a thread of its own does again and again."""

    name: str
    turn: Callable[[], object]
    pause_s: float


class Integrations:
    """Opens no connection before it is needed."""

    def __init__(self, config: Config, store: JobStore, folders: Folders) -> None:
        self._config = config
        self._folders = folders
        self.deliveries = Webhooks(config, store)
        self.clerk = RecordSync(config, store, folders, self.deliveries)
        self.copies: S3Copies | None = None
        if config.s3_bucket:
            self.copies = S3Copies(config, store, folders, lambda: self._bucket(config.s3_prefix))

    @property
    def stages(self) -> dict[str, Stage]:
        """The stages that need a bucket or the web."""
        config = self._config
        return {
            "fetch": fetch_from(lambda: self.service_bucket, config.max_upload_bytes),
            "store": store_in(lambda: self.service_bucket),
            "download": download_by(Fetcher(config), lambda: self.service_bucket),
            "vectorize_list": vectorize_list_by(config),
        }

    @property
    def periodic_tasks(self) -> list[PeriodicTask]:
        found = [
            PeriodicTask("clerk", lambda: self.clerk.run_once(datetime.now(UTC)), 0.5),
            PeriodicTask("deliverer-1", lambda: self.deliveries.run_once(datetime.now(UTC)), 1.0),
            PeriodicTask("deliverer-2", lambda: self.deliveries.run_once(datetime.now(UTC)), 1.3),
        ]
        if copies := self.copies:
            found.append(PeriodicTask("copier", lambda: copies.run_once(datetime.now(UTC)), 2.0))
        return found

    @cached_property
    def service_bucket(self) -> S3Bucket:
        """The bucket as other systems see it: their keys have no prefix of ours. Raises EngineUnavailable."""
        return self._bucket("")

    def file(self, job_id: str, name: str, download_name: str | None = None) -> Path | str:
        """Return where a file of a job's results is: its path here, or an address to fetch it from.

        download_name: under which a browser keeps it; None: it must be here, so it is fetched if it is not.

        Raises:
            NotFound; StorageUnavailable: it is in S3 only, and S3 is away.
        """
        path = self._folders.result(job_id) / name
        if path.is_file():
            return path.resolve()
        if self.copies is not None:
            if download_name and (url := self.copies.presigned(job_id, path, download_name)):
                return url
            if not download_name and self.copies.bring_back(job_id, path):
                return path.resolve()
        raise NotFound(NO_FILE)

    def keeps(self, job_id: str) -> bool:
        """Tell whether a job's files are in S3."""
        return self.copies is not None and bool(self.copies.kept(job_id))

    def restore(self, job_id: str) -> None:
        """Bring back the results of a job whose folder is gone from this disk, if they are in S3."""
        if self.copies is not None and not self._folders.result(job_id).exists():
            self.copies.bring_back_results(job_id)

    def forget(self, job_id: str) -> None:
        """Let nothing of a deleted job stay elsewhere."""
        if self.copies is not None:
            self.copies.forget(job_id)

    def _bucket(self, prefix: str) -> S3Bucket:
        made = bucket(self._config, prefix)
        if made is None:
            raise EngineUnavailable(NO_BUCKET)
        return made
