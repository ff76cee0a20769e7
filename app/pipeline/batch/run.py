"""Vectorize a list: fetching and decoding go ahead in threads while the device computes."""

import errno
import hashlib
import logging
import shutil
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import accumulate

from app.audio.decode import FindSpeech
from app.audio.limits import Limits
from app.engines.base import Embedder, Embedding
from app.errors import N_, AppError, BadInput, EngineFailed, StorageFull
from app.pipeline.batch import exports
from app.pipeline.batch.journal import Facts, Journal
from app.pipeline.batch.prepare import Fetch, Ready, prepare
from app.pipeline.batch.progress import BatchProgress
from app.pipeline.batch.records import Record
from app.pipeline.checkpoint import Checkpoint, file_identity

logger = logging.getLogger(__name__)

INCOMING = ".audio-incoming"
AT_ONCE, TOGETHER_S = 8, 60.0  # recordings whose windows may share a pass, and their seconds
WRITE_EVERY = 100  # new records at least between two writings of the result files
NO_URL = N_("The record has no URL.")
BROKEN = N_("Something broke on our side at this record; the log says what. Try it again alone.")
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Options:
    """What is wanted.

    pooling: a name in POOLINGS; form: of the vectors, a key of exports.FORMS; ahead: fetched at once.
    find_speech: tells which of several sound tracks are heard.
    kept: called when more of the work is safe from a kill.
    """

    pooling: str
    form: str = "json"
    ahead: int = 4
    retry_failed: bool = False
    find_speech: FindSpeech | None = None
    kept: Callable[[], None] = lambda: None


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

    def _ready(self, wanted: Sequence[Record]) -> Iterator[list[Ready]]:
        """Yield what is fetched and decoded, all that is there by now; keep the threads busy meanwhile."""
        queue = iter(wanted)
        pending: dict[Future[Ready], Record] = {}
        held = self._options.ahead + AT_ONCE
        pool = ThreadPoolExecutor(self._options.ahead, thread_name_prefix="konspekt-fetch")
        try:
            ready: list[Ready] = []
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
                    n = _share_a_pass(ready)
                    yield ready[:n]
                    ready = ready[n:]
        finally:
            self._stop.set()
            pool.shutdown(wait=True, cancel_futures=True)

    def _outcomes(self, finished: Iterator[tuple[Record, Future[Ready]]]) -> Iterator[Ready]:
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

    def _prepare(self, record: Record) -> Ready:
        """Fetch and decode one recording. Runs in a thread."""
        folder = self._incoming / hashlib.sha256(record.key.encode()).hexdigest()[:32]
        return prepare(record, folder, self._fetch, self._limits, self._options.find_speech, self._check)

    def _check(self, _done: float) -> None:
        if self._stop.is_set():
            raise _StoppedError

    def _embed(self, ready: Sequence[Ready]) -> None:
        began = time.monotonic()
        try:
            found = self._vectors(ready)
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

    def _vectors(self, ready: Sequence[Ready]) -> Sequence[Embedding]:
        """Make the vectors of recordings that share a pass, or go on with a single one."""
        pooling, embedder = self._options.pooling, self._embedder
        if len(ready) > 1:
            return embedder.embed_many([one.speech for one in ready], pooling, lambda _: self._tell())
        path, sound = ready[0].folder / "vector.part", ready[0].speech
        of = {"engine": embedder.identity, "pooling": pooling, "sound": file_identity(sound.path)}
        checkpoint = Checkpoint(path, of, self._options.kept)
        return [embedder.embed(sound, pooling, lambda _: self._tell(), checkpoint)]

    def _done(self, ready: Ready, embedding: Embedding, processing_s: float) -> None:
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
        self._options.kept()
        self._unwritten += 1
        if self._unwritten >= max(WRITE_EVERY, len(self._journal) // 5):
            exports.write(self._journal, self._options.form)
            self._unwritten = 0
        self._tell()

    def _tell(self) -> None:
        self._report(self._counts)


def _share_a_pass(ready: Sequence[Ready]) -> int:
    """Return how many of the next recordings share a pass: a long one goes alone."""
    seconds = list(accumulate(one.speech.duration_s for one in ready[:AT_ONCE]))
    return max(1, bisect_right(seconds, TOGETHER_S))
