"""Fetch weights from the first source that has them: with progress, resumed, checked, whole or not at all."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from app.engines.weights import mirror, origin
from app.engines.weights.sources import Source, Weights
from app.engines.weights.staging import Staging, reporter
from app.engines.weights.take import take
from app.engines.weights.transfer import NO_ROOM, NoAnswerError, SourceError
from app.errors import N_, EngineUnavailable
from app.progress import Progress

LOCK_S = 0.2  # between looks at whether the other fetcher is done
FORGET_S = 300  # after a source did not answer, until it is asked again


class Silent:
    """Servers that did not answer lately, so that not every fetch waits for them again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[str, float] = {}

    def add(self, server: str) -> None:
        self._since[server] = self._clock()

    def __contains__(self, server: object) -> bool:
        return self._clock() - self._since.get(str(server), -FORGET_S) < FORGET_S


SILENT = Silent()


def fetch(
    weights: Weights,
    models_dir: Path,
    progress: Progress,
    reserve_bytes: int = 0,
    mirror_place: str | None = None,
    silent: Silent = SILENT,
    asking: Callable[[str], None] = lambda title: None,
) -> None:
    """Bring what is missing of a model. Where somebody else fetches it already, wait and watch.

    Args:
        mirror_place: a folder or a URL that is asked before the sources of the catalogue.
        asking: told the title of each source before it is asked.

    Raises:
        EngineUnavailable: no source has it; the message says what was wrong at each.
        StorageFull: less than `reserve_bytes` would stay free.
    """
    sources = (*mirror.sources(weights, mirror_place), *weights.sources)
    staging = Staging(weights, models_dir, reserve_bytes)
    report = reporter(sources, staging, progress)
    weights.folder(models_dir).mkdir(parents=True, exist_ok=True)
    with _alone(models_dir / f".{weights.name}.lock", report):
        if not weights.present(models_dir):
            origin.write(weights, _first(sources, staging, report, silent, asking), models_dir)
            staging.clear(sources)
        progress(1.0)


def asked_first(weights: Weights, mirror_place: str | None = None, silent: Silent = SILENT) -> str:
    """Return the title of the source that a fetch would begin with."""
    sources = (*mirror.sources(weights, mirror_place), *weights.sources)
    return next((source.title for source in sources if source.server not in silent), sources[0].title)


def _first(
    sources: tuple[Source, ...],
    staging: Staging,
    report: Callable[[], None],
    silent: Silent,
    asking: Callable[[str], None],
) -> Source:
    """Take the files from the first source that has them, and return it."""
    troubles: dict[str, str] = {}  # by the source; "": it does not answer
    for source in sources:
        if source.server in silent:
            troubles[source.title] = ""
            continue
        asking(source.title)
        try:
            staging.check(source)
            take(source, staging, report)
        except NoAnswerError:
            silent.add(source.server)
            troubles[source.title] = ""
        except SourceError as error:
            troubles[source.title] = str(error)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            raise staging.full(staging.weights.size_bytes) from error
        else:
            return source
    raise _nowhere(troubles, staging)


def _nowhere(troubles: dict[str, str], staging: Staging) -> EngineUnavailable:
    """Say what was wrong at each source, and what to do."""
    name, path = staging.weights.name, str(staging.weights.place(staging.models_dir))
    if not any(troubles.values()):
        return EngineUnavailable(
            N_(
                "%(name)s could not be fetched: no answer from %(sources)s. Check the network and try again,"
                " name a copy in KONSPEKT_WEIGHTS_MIRROR, or put the files there yourself: %(path)s"
            ),
            name=name,
            sources=", ".join(troubles),
            path=path,
        )
    return EngineUnavailable(
        N_(
            "%(name)s could not be fetched (%(troubles)s). Check the network and try again, name a copy in"
            " KONSPEKT_WEIGHTS_MIRROR, or put the files there yourself: %(path)s"
        ),
        name=name,
        troubles="; ".join(f"{title}: {trouble or 'no answer'}" for title, trouble in troubles.items()),
        path=path,
    )


@contextmanager
def _alone(path: Path, report: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of a model, against other threads and processes; it ends with its holder."""
    lock = FileLock(path, thread_local=False)
    while True:
        try:
            lock.acquire(timeout=LOCK_S)
            break
        except Timeout:
            report()
    try:
        yield
    finally:
        lock.release()
