"""Move results to another storage: flask storage copy --to s3, or --to s3-shared."""

import time
from datetime import UTC, datetime

import click
from flask.cli import AppGroup, with_appcontext
from rich.progress import MofNCompleteColumn, Progress

from app.cli.terminal import COLUMNS, CONSOLE, parts, readable_errors, words
from app.config import Config
from app.errors import N_, EngineUnavailable, StorageUnavailable
from app.integrations.s3_copies import S3Copies
from app.integrations.wiring import Integrations
from app.jobs.store import JobStore
from app.storage.buckets import NO_BUCKET

PAUSE_S = 2.0
IDLE_TURNS = 3  # turns without anything sent after which it is given up for now

COPIED, ALL_THERE = N_("%(n)d files copied to %(to)s."), N_("Everything is there already.")
COPYING = N_("Copying")
MOVED = N_("The files of %(n)d jobs are in the bucket.")
storage = AppGroup("storage", help="Where results are kept.")


@storage.command("copy")
@click.option("--to", type=click.Choice(["s3", "s3-shared"]), required=True, help="Where to.")
@with_appcontext
def copy(to: str) -> None:
    """Copy the files of all ended jobs; where it stopped, the next call goes on.

    s3-shared: the files of all jobs, before the program is started with KONSPEKT_STORAGE=s3-shared.
    """
    config = parts().config
    if to == "s3-shared":
        _move(config.model_copy(update={"storage": to}))
        return
    store = JobStore(config)
    try:
        with readable_errors():
            store.migrate()
            copies = Integrations(config, store).copies
            if copies is None:
                raise EngineUnavailable(NO_BUCKET)
            total = copies.note_all(datetime.now(UTC))
            left = _send(copies, total)
            if left:
                raise StorageUnavailable(
                    N_("%(left)s files could not be sent. Call the command again, it goes on."), left=left
                )
            click.echo(words(COPIED, n=total, to=to) if total else words(ALL_THERE))
    finally:
        store.close()


def _move(config: Config) -> None:
    """Put what lies in the folders of this machine into the bucket that is to be the storage from now on."""
    store = JobStore(config)
    try:
        with readable_errors():
            store.migrate()
            if config.s3_bucket is None:
                raise EngineUnavailable(NO_BUCKET)
            files, jobs = Integrations(config, store).files, store.visible()
            assert files is not None, "that is what this storage means"
            with Progress(*COLUMNS, MofNCompleteColumn(), console=CONSOLE) as bars:
                for job in bars.track(jobs, description=words(COPYING)):
                    files.save(job.id)
            click.echo(words(MOVED, n=len(jobs)))
    finally:
        store.close()


def _send(copies: S3Copies, total: int) -> int:
    """Send what is due until nothing moves any more; return how many files are left."""
    idle = 0
    with Progress(*COLUMNS, MofNCompleteColumn(), console=CONSOLE) as bars:
        row = bars.add_task(words(COPYING), total=total)
        while (left := copies.pending()) and idle < IDLE_TURNS:
            if copies.run_once(datetime.now(UTC)):
                idle = 0
            else:
                idle += 1
                time.sleep(PAUSE_S)
            bars.update(row, completed=total - copies.pending())
    return left
