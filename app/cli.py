"""The same work from a terminal: flask transcribe, minutes, models, janitor."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from app import pipeline
from app.audio.limits import Limits
from app.config import Config
from app.documents.document import Document
from app.documents.downloads import DOWNLOADS
from app.engines.catalogue import CATALOGUE, find
from app.engines.registry import Engines
from app.engines.weights import fetch
from app.errors import AppError
from app.jobs.folders import Folders
from app.jobs.janitor import Janitor
from app.jobs.store import JobStore
from app.pipeline.recording import Recording

CTRL_C = 130  # what a shell expects of a program that was interrupted
MINUTES = ("docx", "txt", "md", "json")
TRANSCRIPT = ("txt", "srt", "vtt", "json", "md")

# on stderr, so that a transcript can be piped on
_CONSOLE = Console(stderr=True)
_COLUMNS = (
    TextColumn("{task.description:<11}"),
    BarColumn(),
    TaskProgressColumn(),
    TimeElapsedColumn(),
    TimeRemainingColumn(),
)

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
LANGUAGE = click.option("--language", default="auto", help="ISO 639-1 code of the speech; auto detects it.")
OUT = click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")


class Parts(Protocol):
    """What commands need of the program."""

    config: Config
    engines: Engines


def init_app(app: Flask) -> None:
    for command in (transcribe, minutes, models, janitor):
        app.cli.add_command(command)


def parts() -> Parts:
    found: Parts = current_app.extensions["konspekt"]
    return found


@click.command()
@FILE
@LANGUAGE
@click.option("--format", "kind", type=click.Choice(TRANSCRIPT), help="By default from the name of OUT.")
@OUT
@with_appcontext
def transcribe(file: Path, language: str, kind: str | None, out: Path | None) -> None:
    """Write down what is said in FILE."""
    kind = _kind(kind, out, TRANSCRIPT)
    with _told():
        document = _processed(file, language, ("extract", "transcribe"))
        _write(DOWNLOADS[f"transcript.{kind}"].render(document, document.locale("en")), out)


@click.command()
@FILE
@LANGUAGE
@click.option("--format", "kind", type=click.Choice(MINUTES), help="By default from the name of OUT.")
@OUT
@with_appcontext
def minutes(file: Path, language: str, kind: str | None, out: Path | None) -> None:
    """Write the minutes of the meeting recorded in FILE."""
    kind = _kind(kind, out, MINUTES)
    if kind == "docx" and out is None:
        raise click.UsageError("A Word document needs a file: -o minutes.docx")
    with _told():
        document = _processed(file, language, ("extract", "transcribe", "summarize"))
        _write(DOWNLOADS[f"minutes.{kind}"].render(document, document.locale("en")), out)


models = AppGroup("models", help="Weights: which there are, and how to get them.")


@models.command("list")
def list_models() -> None:
    """List what can be fetched, and what is here."""
    models_dir = parts().config.models_dir
    for name, weights in CATALOGUE.items():
        state = "here" if weights.present(models_dir) else ""
        click.echo(f"{name:<26}{weights.size_bytes / 1e6:>8.0f} MB  {state}".rstrip())


@models.command("fetch")
@click.argument("name")
def fetch_model(name: str) -> None:
    """Fetch the weights called NAME; where it broke off, it goes on."""
    config = parts().config
    with _told():
        weights = find(name)
        if weights.present(config.models_dir):
            click.echo(f"{weights.name} is here already.")
            return
        with Progress(*_COLUMNS, DownloadColumn(), TransferSpeedColumn(), console=_CONSOLE) as bars:
            row = bars.add_task(weights.name, total=weights.size_bytes)
            fetch(
                weights,
                config.models_dir,
                lambda done: bars.update(row, completed=int(done * weights.size_bytes)),
                config.disk_reserve_bytes,
            )
        click.echo(f"{weights.name} is here.")


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@with_appcontext
def janitor(dry_run: bool) -> None:
    """Delete what was kept long enough."""
    config = parts().config
    store = JobStore(config)
    store.migrate()
    now = datetime.now(UTC)
    if dry_run:
        over = [job for job in store.visible() if job.expires_at is not None and job.expires_at <= now]
        for job in over:
            click.echo(f"{job.id}  {job.name}")
        click.echo(f"{len(over)} would be deleted.")
    else:
        swept = Janitor(store, Folders(config)).sweep(now)
        click.echo(f"{swept.removed} deleted, {swept.orphans + swept.stale_uploads} leftovers removed.")
    store.close()


def _kind(chosen: str | None, out: Path | None, kinds: tuple[str, ...]) -> str:
    """Choose the format: as asked, else by the name of the file, else plain text."""
    named = out.suffix.lower().removeprefix(".") if out else "txt"
    kind = chosen or named
    if kind not in kinds:
        raise click.UsageError(f"Unknown format {kind or 'without a name'!r}. There are: {', '.join(kinds)}.")
    return kind


@contextmanager
def _told() -> Iterator[None]:
    """Tell an expected failure in one sentence, and end at once on Ctrl-C."""
    try:
        yield
    except AppError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)
        sys.stderr.flush()
        os._exit(CTRL_C)  # the device's thread may be inside a model for seconds; nothing is left to save


def _processed(file: Path, language: str, stages: tuple[str, ...]) -> Document:
    """Run the stages over a file in a folder that is gone afterwards."""
    config, engines = parts().config, parts().engines
    with (
        tempfile.TemporaryDirectory(prefix="konspekt-") as folder,
        Progress(*_COLUMNS, console=_CONSOLE) as bars,
    ):
        rows = {stage: bars.add_task(stage, total=1.0, start=False) for stage in stages}

        def report(stage: str, done: float) -> None:
            bars.start_task(rows[stage])
            bars.update(rows[stage], completed=done)

        recording = pipeline.run(
            stages,
            Recording(
                file.name,
                file,
                Path(folder),
                language,
                limits=Limits(config.max_duration_s, disk_reserve_bytes=0),
            ),
            engines,
            report,
        )
        for row in rows.values():
            bars.update(row, completed=1.0)
    assert recording.transcript is not None
    return Document.of(file.name, datetime.now().astimezone(), recording.transcript, recording.minutes)


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        click.echo(content.decode("utf-8-sig").replace("\r\n", "\n"), nl=False)  # files are for Windows too
        return
    part = out.with_name(f"{out.name}.part")
    part.write_bytes(content)
    part.replace(out)
    click.echo(f"Written: {out}", err=True)
