"""Vectorize a list: fetching and decoding go ahead in threads while the device computes."""

import errno
import hashlib
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from app.audio.decode import decode_speech
from app.audio.limits import Limits
from app.audio.media import Media
from app.audio.wav import WavFile
from app.engines.base import Embedder, Embedding
from app.errors import N_, AppError, BadInput, EngineFailed, StorageFull
from app.pipeline.batch import exports
from app.pipeline.batch.journal import Facts, Journal
from app.pipeline.batch.progress import BatchProgress
from app.pipeline.batch.records import Record
from app.progress import Progress

logger = logging.getLogger(__name__)

INCOMING = ".audio-incoming"
AT_ONCE = 8  # recordings whose windows may share a pass
WRITE_EVERY = 100  # new records at least between two writings of the result files
NO_URL = N_("The record has no URL.")
BROKEN = N_("Something broke on our side at this record; the log says what. Try it again alone.")
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)

Fetch = Callable[[str, Path, Progress], None]


@dataclass(frozen=True, slots=True)
class Options:
    """pooling: a name in POOLINGS; form: of the vectors, a key of exports.FORMS; ahead: fetched at once."""

    pooling: str
    form: str = "json"
    ahead: int = 4
    retry_failed: bool = False


@dataclass(frozen=True, slots=True)
class _Ready:
    record: Record
    folder: Path
    speech: WavFile
    media: Media
    decode_s: float


class _StoppedError(BaseException):
    """The run is over; a fetch in a thread ends here."""


def run(
    records: Sequence[Record],
    journal: Journal,
    fetch: Fetch,
    embedder: Embedder,
    limits: Limits,
    options: Options,
    report: Callable[[BatchProgress], None],
) -> BatchProgress:
    """Vectorize what is not in the journal yet; with `retry_failed`, what has failed, and that alone.

    Args:
        report: called at least every half a second while something runs; may raise to stop it.
    """
    exports.check(options.form)
    if journal.space is not None:
        journal.check(embedder.name, journal.space[1])
    wanted = [
        record
        for record in records
        if (record.key in journal.failed if options.retry_failed else record.key not in journal)
    ]
    batch = _Run(journal, fetch, embedder, limits, options, report)
    return batch.work(wanted, len(records))


class _Run:
    def __init__(
        self,
        journal: Journal,
        fetch: Fetch,
        embedder: Embedder,
        limits: Limits,
        options: Options,
        report: Callable[[BatchProgress], None],
    ) -> None:
        self._journal, self._fetch, self._embedder = journal, fetch, embedder
        self._limits, self._options, self._report = limits, options, report
        self._incoming = journal.folder / INCOMING
        self._stop = threading.Event()
        self._unwritten = 0
        self._counts = BatchProgress(0, 0, 0, 0)

    def work(self, wanted: Sequence[Record], total: int) -> BatchProgress:
        self._counts = BatchProgress(total, 0, 0, total - len(wanted))
        self._incoming.mkdir(exist_ok=True)
        self._tell()
        try:
            for ready in self._ready(wanted):
                self._embed(ready)
        finally:
            exports.write(self._journal, self._options.form)
        shutil.rmtree(self._incoming, ignore_errors=True)
        return self._counts

    def _ready(self, wanted: Sequence[Record]) -> Iterator[list[_Ready]]:
        """Yield what is fetched and decoded, all that is there by now; keep the threads busy meanwhile."""
        queue = iter(wanted)
        pending: dict[Future[_Ready], Record] = {}
        held = self._options.ahead + AT_ONCE
        pool = ThreadPoolExecutor(self._options.ahead, thread_name_prefix="konspekt-fetch")
        try:
            ready: list[_Ready] = []
            while True:
                while len(pending) + len(ready) < held and (record := next(queue, None)) is not None:
                    if record.url is None:
                        self._failed(record, BadInput(NO_URL))
                    else:
                        pending[pool.submit(self._prepare, record)] = record
                if not pending and not ready:
                    return
                finished = [future for future in pending if future.done()]
                if not finished and not ready:
                    finished = list(wait(pending, timeout=0.3, return_when=FIRST_COMPLETED).done)
                    self._tell()
                ready.extend(self._outcomes((pending.pop(future), future) for future in finished))
                if ready:
                    yield ready[:AT_ONCE]
                    ready = ready[AT_ONCE:]
        finally:
            self._stop.set()
            pool.shutdown(wait=True, cancel_futures=True)

    def _outcomes(self, finished: Iterator[tuple[Record, Future[_Ready]]]) -> Iterator[_Ready]:
        for record, future in finished:
            try:
                yield future.result()
            except StorageFull:
                raise  # it would be the same for every record
            except AppError as error:
                self._failed(record, error)
            except Exception as error:
                if isinstance(error, OSError) and error.errno in DISK_FULL:
                    raise
                logger.exception("the record %s broke", record.key)
                self._failed(record, AppError(BROKEN))

    def _prepare(self, record: Record) -> _Ready:
        """Fetch and decode one recording. Runs in a thread."""
        assert record.url is not None
        folder = self._incoming / hashlib.sha256(record.key.encode()).hexdigest()[:32]
        folder.mkdir(exist_ok=True)
        source, speech = folder / "source", folder / "speech.wav"
        self._fetch(record.url, source, self._check)
        began = time.monotonic()
        media = decode_speech(source, speech, limits=self._limits, progress=self._check)
        source.unlink()
        return _Ready(record, folder, WavFile(speech), media, time.monotonic() - began)

    def _check(self, _done: float) -> None:
        if self._stop.is_set():
            raise _StoppedError

    def _embed(self, ready: Sequence[_Ready]) -> None:
        began = time.monotonic()
        try:
            found = self._embedder.embed_many(
                [one.speech for one in ready], self._options.pooling, lambda _: self._tell()
            )
        except (BadInput, EngineFailed) as error:
            if len(ready) == 1:
                self._failed(ready[0].record, error)
                shutil.rmtree(ready[0].folder, ignore_errors=True)
                return
            for one in ready:  # to find out which of them it is
                self._embed([one])
            return
        computing_s = time.monotonic() - began
        whole_s = sum(one.speech.duration_s for one in ready)
        for one, embedding in zip(ready, found, strict=True):
            share_s = computing_s * one.speech.duration_s / whole_s
            self._done(one, embedding, one.decode_s + share_s)

    def _done(self, ready: _Ready, embedding: Embedding, processing_s: float) -> None:
        facts = Facts(
            round(processing_s, 3),
            round(ready.speech.duration_s, 3),
            ready.media.channels,
            ready.media.sample_rate_hz,
            embedding.engine,
            embedding.pooling,
        )
        self._journal.add(embedding, ready.record.key, facts)
        shutil.rmtree(ready.folder, ignore_errors=True)
        self._count(done=1)

    def _failed(self, record: Record, error: AppError) -> None:
        self._journal.fail(record.key, error)
        self._count(failed=1)

    def _count(self, done: int = 0, failed: int = 0) -> None:
        now = self._counts
        self._counts = BatchProgress(now.total, now.done + done, now.failed + failed, now.skipped)
        self._unwritten += 1
        if self._unwritten >= max(WRITE_EVERY, len(self._journal) // 5):
            exports.write(self._journal, self._options.form)
            self._unwritten = 0
        self._tell()

    def _tell(self) -> None:
        self._report(self._counts)
