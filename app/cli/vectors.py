"""Vectors of many videos: flask vectorize."""

import time
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.terminal import CONSOLE, parts, readable_errors
from app.engines.pooling import POOLINGS
from app.pipeline.batch import exports, records
from app.pipeline.batch.adopt import adopt
from app.pipeline.batch.journal import opened
from app.pipeline.batch.progress import BatchProgress
from app.pipeline.batch.run import Options, run
from app.pipeline.fetching import Fetcher
from app.pipeline.limits import limits_of
from app.pipeline.speech_finder import speech_finder

LOG = "audio_runs.log"
COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TextColumn("{task.fields[rate]}"),
    TimeElapsedColumn(),
    TextColumn("{task.fields[left]}"),
)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--start", default=0, type=click.IntRange(0), help="First record, counted from 0.")
@click.option("--end", type=click.IntRange(0), help="The record before which to stop.")
@click.option("--key", default="url", help="Under which a record has its URL.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder; by default FILE's.")
@click.option("--retry-failed", is_flag=True, help="Only those that have failed.")
@click.option("--format", "form", type=click.Choice(sorted(exports.FORMS)), default="json")
@click.option("--pooling", type=click.Choice(sorted(POOLINGS)), help="By default as the settings say.")
@with_appcontext
def vectorize(
    file: Path,
    start: int,
    end: int | None,
    key: str,
    out: Path | None,
    retry_failed: bool,
    form: str,
    pooling: str | None,
) -> None:
    """Make vectors of the videos that the JSON list FILE names; run it again to go on where it ended."""
    config, engines = parts().config, parts().engines
    began, started_at = time.monotonic(), datetime.now().astimezone()
    with readable_errors(), opened(out or file.parent) as journal:
        adopt(journal)
        wanted = records.read(file, key, start, end)
        find_speech = speech_finder(engines, lambda _: None)
        options = Options(pooling or config.pooling, form, config.downloads_ahead, retry_failed, find_speech)
        embedder = engines.embedder(lambda _: None)
        with Progress(*COLUMNS, console=CONSOLE) as bars:
            row = bars.add_task(embedder.name, total=len(wanted), rate="", left="")

            def report(now: BatchProgress) -> None:
                rate, left = _pace(now, time.monotonic() - began)
                bars.update(row, completed=now.ended, rate=rate, left=left)

            fetch = Fetcher(config).fetch
            standing = run(wanted, journal, fetch, embedder, limits_of(config), options, report)
        took_s = time.monotonic() - began
        pooling = journal.space[1] if journal.space else options.pooling
        line = (
            f"{standing.total} records in {took_s:.1f} s: {standing.done} done, {standing.failed} failed,"
            f" {standing.skipped} skipped. {embedder.name}, {pooling}."
        )
        with (journal.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(f"{started_at.isoformat(timespec='seconds')} {file.name}[{start}:{end or ''}] {line}\n")
    click.echo(line, err=True)


def _pace(now: BatchProgress, took_s: float) -> tuple[str, str]:
    """Say how fast it goes and what is left, once something was done."""
    worked = now.done + now.failed
    if not worked or took_s <= 0:
        return "", ""
    left_s = (now.total - now.ended) * took_s / worked
    hours, minutes, seconds = int(left_s // 3600), int(left_s % 3600 // 60), int(left_s % 60)
    return f"{worked / took_s:.2f}/s", f"{hours}:{minutes:02}:{seconds:02} left"
