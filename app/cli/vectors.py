"""Vectors of many videos: flask vectorize, and those that sound alike: flask nearest."""

import json
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.terminal import CONSOLE, parts, readable_errors, words
from app.engines.base import Embedding
from app.engines.choosing.embedders import missing_model
from app.engines.logmel import STATISTICS
from app.engines.pooling import POOLINGS
from app.engines.weights.sources import Weights
from app.errors import N_, BadInput, NotFound
from app.pipeline.batch import exports, records
from app.pipeline.batch.adopt import Maker, adopt
from app.pipeline.batch.index import UNKNOWN_KEY, VectorIndex, load_index
from app.pipeline.batch.journal import JOURNAL, opened
from app.pipeline.batch.progress import BatchProgress
from app.pipeline.batch.run import Options, run
from app.pipeline.embed_file import embed_file
from app.pipeline.fetching import Fetcher
from app.pipeline.limits import limits_of
from app.pipeline.speech_finder import speech_finder

FOLDER, LOG = "audio_processing", "audio_runs.log"
TAKEN_OVER = N_("%(n)d records taken over from %(folder)s.")
LINE = N_(
    "%(total)d records in %(took)s s: %(done)d done, %(failed)d failed, %(skipped)d skipped."
    " %(engine)s, %(pooling)s."
)
SOME_WITHOUT = N_("%(n)d have no vector: %(file)s says why. --retry-failed tries them again.")
NONE_LEFT = N_("The list has %(n)d records, and none of them stands in the range from %(start)d to %(end)d.")
SOME_FAILED = 3  # status: the run came to its end, and some records have no vector
ONLY_STATISTICS = N_(
    "ATTENTION: these vectors are statistics of the spectrum. They know voice, room and microphone, and"
    " nothing of what is said. For speech (%(size_gb)s GB): %(command)s"
)
RESULTS = (JOURNAL, f"{exports.VECTORS}.json")  # of a run, or of the script before it
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
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help=f"By default {FOLDER}, beside FILE."
)
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
    """Make vectors of the videos that the JSON list FILE names; run it again to go on where it ended.

    It ends with status 3 where some of them could not be made; --retry-failed tries those again.
    """
    config, engines = parts().config, parts().engines
    began, started_at = time.monotonic(), datetime.now().astimezone()
    with readable_errors():
        wanted = records.read(file, key, start, end)  # before anything is written
        if not wanted and (n := len(records.places(file, key))):
            raise BadInput(NONE_LEFT, n=n, start=start, end=n if end is None else end)
    with readable_errors(), opened(out or _folder(file)) as journal:
        find_speech = speech_finder(engines, lambda _: None)
        options = Options(pooling or config.pooling, form, config.downloads_ahead, retry_failed, find_speech)
        embedder = engines.embedder(lambda _: None)
        _warn(embedder.name, missing_model(config))
        maker = None if embedder.name == STATISTICS else Maker(embedder.name, embedder.dimension)
        if taken_over := adopt(journal, records.places(file, key), maker):
            click.echo(words(TAKEN_OVER, n=taken_over, folder=journal.folder), err=True)
        with Progress(*COLUMNS, console=CONSOLE) as bars:
            row = bars.add_task(embedder.name, total=len(wanted), rate="", left="")

            def report(now: BatchProgress) -> None:
                rate, left = _pace(now, time.monotonic() - began)
                bars.update(row, completed=now.ended, rate=rate, left=left)

            fetch = Fetcher(config).fetch
            standing = run(wanted, journal, fetch, embedder, limits_of(config), options, report)
        took_s = time.monotonic() - began
        pooling = journal.space[1] if journal.space else options.pooling
        line = words(
            LINE, total=standing.total, took=f"{took_s:.1f}", done=standing.done, failed=standing.failed,
            skipped=standing.skipped, engine=embedder.name, pooling=pooling,
        )  # fmt: skip
        with (journal.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(f"{started_at.isoformat(timespec='seconds')} {file.name}[{start}:{end or ''}] {line}\n")
        n_failed = sum(record.key in journal.failed for record in wanted)
        failures = journal.folder / exports.FAIL
    click.echo(line, err=True)
    if n_failed:
        click.echo(words(SOME_WITHOUT, n=n_failed, file=failures), err=True)
        sys.exit(SOME_FAILED)


@click.command()
@click.argument("recording")
@click.option(
    "--in", "folder", default=FOLDER, show_default=True, type=click.Path(file_okay=False, path_type=Path)
)
@click.option("-n", "n", default=10, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
@with_appcontext
def nearest(recording: str, folder: Path, n: int, as_json: bool) -> None:
    """Name what sounds most like RECORDING, an address whose vector is there or a file, with the cosine."""
    with readable_errors():
        index = load_index(folder)
        _warn(index.engine, missing_model(parts().config))
        if recording in index:
            found = index.nearest_to(recording, n)
        elif Path(recording).is_file():
            found = index.nearest(_embedding(Path(recording), index), n)
        else:
            raise NotFound(UNKNOWN_KEY, key=recording, folder=str(folder))
    if as_json:
        click.echo(json.dumps([asdict(near) for near in found], ensure_ascii=False))
    else:
        for near in found:
            click.echo(f"{near.similarity:.4f}\t{near.key}")


def _embedding(file: Path, index: VectorIndex) -> Embedding:
    config, engines = parts().config, parts().engines
    with tempfile.TemporaryDirectory() as room:
        made = embed_file(file, Path(room), engines, index.pooling, limits_of(config), lambda _: None)
    return made.embedding


def _folder(file: Path) -> Path:
    """Return where results of a list stand: beside it where an earlier run has left them there."""
    own, beside = file.parent / FOLDER, file.parent
    there = [folder for folder in (own, beside) if any((folder / name).exists() for name in RESULTS)]
    return next(iter(there), own)


def _warn(engine: str, missing: Weights | None) -> None:
    """Say loudly that vectors know no speech, where that was not chosen."""
    if engine == STATISTICS and missing:
        told = words(ONLY_STATISTICS, size_gb=f"{missing.size_bytes / 1e9:.2f}", command=missing.command)
        click.secho(told, fg="red", bold=True, err=True)


def _pace(now: BatchProgress, took_s: float) -> tuple[str, str]:
    """Say how fast it goes and what is left, once something was done."""
    worked = now.done + now.failed
    if not worked or took_s <= 0:
        return "", ""
    left_s = (now.total - now.ended) * took_s / worked
    hours, minutes, seconds = int(left_s // 3600), int(left_s % 3600 // 60), int(left_s % 60)
    return f"{worked / took_s:.2f}/s", words(N_("%(time)s left"), time=f"{hours}:{minutes:02}:{seconds:02}")
