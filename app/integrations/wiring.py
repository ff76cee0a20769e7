"""What jobs have to do with other systems, put together for `create_app`, which hands it to JobService."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, cached_property, partial

from sqlalchemy.orm import Session

from app.config import Config
from app.integrations.accounts.accounts import Accounts
from app.integrations.accounts.listing import AccountListing
from app.integrations.accounts.sign_ins import SignIns
from app.integrations.accounts.vouched import VouchedAccounts
from app.integrations.api_keys import ApiKeys
from app.integrations.bucket_files import BucketFiles
from app.integrations.bucket_scratch import Scratch
from app.integrations.direct_uploads import DirectUploads
from app.integrations.exports.exports import Exports, destinations
from app.integrations.idempotency import Idempotency
from app.integrations.record_sync import RecordSync
from app.integrations.s3_copies import S3Copies
from app.integrations.shared_streams import SharedStreams
from app.integrations.stored_files import StoredFiles
from app.integrations.stream_pieces import StreamPieces
from app.integrations.watched_folder import Render, WatchedFolder
from app.integrations.webhooks import Webhooks
from app.jobs.folders import Folders
from app.jobs.hooks import Hooks, PeriodicTask
from app.jobs.job_files import FolderFiles, JobFiles
from app.jobs.service import JobService
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
    """Keys, accounts, webhooks, copies in S3, the cleaning service's records, the watched folder.

    It connects to nothing before that is needed.
    """

    def __init__(self, config: Config, store: JobStore) -> None:
        self._config = config
        folders = Folders(config)
        self.fetcher = Fetcher(config, lambda: self.service_bucket)
        self.api_keys = ApiKeys(store)
        self.accounts, self.sign_ins = Accounts(store), SignIns(store)
        self.account_listing = AccountListing(store)
        self.vouched_accounts = VouchedAccounts(store, self.accounts)
        self.idempotency = Idempotency(store)
        self.webhooks = Webhooks(config, store)
        self.watched_folder: WatchedFolder | None = None
        self.exports: Exports | None = None
        self._store = store
        self.copies: S3Copies | None = None
        self.files: BucketFiles | None = None
        self.direct_uploads: DirectUploads | None = None
        self.shared_streams = SharedStreams(store, None) if config.queue_url else None
        connect = cache(partial(bucket, config, config.s3_prefix))  # one connection for all of them
        if config.storage == "s3-shared":
            rows = StoredFiles(store)
            self.files = BucketFiles(
                rows,
                folders,
                Scratch(rows, folders, connect),
                presigns=config.s3_public_endpoint is not None,
                serves=config.queue_url is None,
            )
            self.shared_streams = SharedStreams(store, StreamPieces(rows, connect))
            if config.s3_public_endpoint:
                self.direct_uploads = DirectUploads(store, rows, connect)
        if config.s3_bucket:
            self.copies = S3Copies(config, store, folders, connect)
        here: JobFiles = self.files or FolderFiles(folders)
        self.record_sync = RecordSync(config, store, folders, here, self.webhooks)

    def watch(self, jobs: JobService, render: Render) -> None:
        """Let recordings of the watched folder become jobs, and documents go out, where settings say so."""
        if destinations(self._config, self._bucket_behind):
            self.exports = Exports(self._config, self._store, self._bucket_behind, render)
        if self._config.watch_dir:
            self.watched_folder = WatchedFolder(self._config, jobs, render)

    def check(self) -> None:
        """Raise BadInput for settings that name what there is not."""
        if self.watched_folder:
            self.watched_folder.check()
        if self.exports:
            self.exports.check()

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
        if self._config.watch_dir:
            tasks.append(PeriodicTask("watched-folder", self._look_at_watched_folder, 2.0))
        tasks += [
            _task(place.kind, partial(self._export, place.kind), 1.0)
            for place in destinations(self._config, self._bucket_behind)
        ]
        if copies := self.copies:
            tasks.append(_task("s3-copies", copies.run_once, 2.0))
        everywhere = []
        if uploads := self.direct_uploads:
            tasks.append(_task("direct-uploads", uploads.delete_due, 30.0))
        if streams := self.shared_streams:
            tasks.append(_task("live-streams", streams.expire, 60.0))
        if files := self.files:
            tasks.append(_task("stored-files", files.delete_due, 5.0))
            everywhere.append(_task("scratch", files.make_room, 30.0))
        return Hooks(
            tuple(tasks), tuple(everywhere), self.files or self.copies, self.webhooks.check_url, self._forget
        )

    @cached_property
    def service_bucket(self) -> S3Bucket:
        """The bucket as other systems see it: their keys have no prefix of ours. Raises EngineUnavailable."""
        return bucket(self._config)

    def _bucket_behind(self, prefix: str) -> S3Bucket:
        return bucket(self._config, prefix)

    def _export(self, kind: str, now: datetime) -> None:
        if self.exports:
            self.exports.run_once(now, kind)

    def _look_at_watched_folder(self) -> None:
        if self.watched_folder:
            self.watched_folder.run_once()

    def _forget(self, session: Session, job_id: str) -> None:
        """Let nothing of a deleted job stay elsewhere."""
        self.webhooks.forget(session, job_id)
        self.idempotency.forget(session, job_id)
        for files in (self.copies, self.files):
            if files is not None:
                files.forget(session, job_id)


def _task(name: str, run_once: Callable[[datetime], object], pause_s: float) -> PeriodicTask:
    return PeriodicTask(name, lambda: run_once(datetime.now(UTC)), pause_s)
