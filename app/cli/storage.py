"""Move results to another storage: flask storage copy --to s3."""

import time
from datetime import UTC, datetime

import click
from flask.cli import AppGroup, with_appcontext
from rich.progress import MofNCompleteColumn, Progress

from app.cli.terminal import COLUMNS, CONSOLE, parts, readable_errors
from app.errors import N_, EngineUnavailable, StorageUnavailable
from app.integrations.s3_copies import S3Copies
from app.integrations.wiring import Integrations
from app.jobs.store import JobStore
from app.storage.buckets import NO_BUCKET

PAUSE_S = 2.0
IDLE_TURNS = 3  # turns without anything sent after which it is given up for now

storage = AppGroup("storage", help="Where results are kept.")


@storage.command("copy")
@click.option("--to", type=click.Choice(["s3"]), required=True, help="Where to.")
@with_appcontext
def copy(to: str) -> None:
    """Copy the files of all ended jobs; where it stopped, the next call goes on."""
    config = parts().config
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
            click.echo(f"{total} files copied to {to}." if total else "Everything is there already.")
    finally:
        store.close()


def _send(copies: S3Copies, total: int) -> int:
    """Send what is due until nothing moves any more; return how many files are left."""
    idle = 0
    with Progress(*COLUMNS, MofNCompleteColumn(), console=CONSOLE) as bars:
        row = bars.add_task("copy", total=total)
        while (left := copies.pending()) and idle < IDLE_TURNS:
            if copies.run_once(datetime.now(UTC)):
                idle = 0
            else:
                idle += 1
                time.sleep(PAUSE_S)
            bars.update(row, completed=total - copies.pending())
    return left
