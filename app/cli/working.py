"""One recording through its stages, and its documents, for the commands of the terminal."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import BinaryIO

import click
from flask_babel import force_locale
from rich.progress import Progress

from app import pipeline
from app.cli.terminal import COLUMNS, CONSOLE, parts, words
from app.config.time_zone import zone_of
from app.documents.diarization import Diarization, NotDiarized
from app.documents.document import Document
from app.documents.downloads import DOWNLOADS, Kind
from app.documents.recording_date import recorded_at
from app.documents.terminal_locale import terminal_locale
from app.engines.base import Task
from app.engines.registry import Engines
from app.errors import N_
from app.pipeline.limits import limits_of
from app.pipeline.recording import Recording

STDIN = Path("-")
NOT_TOLD_APART = N_("The speakers were not told apart.")
NOTHING_COMES = N_("Nothing comes by standard input. Pipe a recording into it, or name a file.")


def named(file: Path) -> str:
    """Return what a recording is called: the name of its file."""
    return "stdin" if file == STDIN else file.name


def received(file: Path, folder: Path) -> Path:
    """Write into a file what comes by a pipe: a recording must be looked at more than once."""
    if file != STDIN and file.is_file():
        return file
    path = folder / "stdin"
    with _pipe(file) as pipe, path.open("wb") as received:
        shutil.copyfileobj(pipe, received)
    return path


def _pipe(file: Path) -> AbstractContextManager[BinaryIO]:
    """Open standard input, a named pipe, or the one that a shell makes of <(...)."""
    if file != STDIN:
        return file.open("rb")
    if sys.stdin.isatty():
        raise click.UsageError(words(NOTHING_COMES))
    return nullcontext(sys.stdin.buffer)


@contextmanager
def finished(
    file: Path,
    language: str,
    stages: tuple[str, ...],
    speakers: str | None = None,
    terms: str = "",
    *,
    engines: Engines | None = None,
    quiet: bool = False,
    task: Task = "transcribe",
) -> Iterator[Recording]:
    """Run the stages over a file in a folder that is gone afterwards.

    Args:
        engines: others than those of the program; quiet: without bars.
    """
    config, engines = parts().config, engines or parts().engines
    with tempfile.TemporaryDirectory(prefix="konspekt-") as folder:
        limits = replace(limits_of(config), disk_reserve_bytes=0)
        source = received(file, Path(folder))
        recording = Recording(
            named(file), source, Path(folder), language, speakers or "auto", terms, task=task, limits=limits
        )
        with Progress(*COLUMNS, console=CONSOLE, disable=quiet) as bars:
            rows = {stage: bars.add_task(_title(stage), total=1.0, start=False) for stage in stages}

            def report(stage: str, done: float) -> None:
                bars.start_task(rows[stage])
                bars.update(rows[stage], completed=done)

            recording = pipeline.run(stages, recording, engines, report)
            for row in rows.values():
                bars.update(row, completed=1.0)
        yield recording


def _title(stage: str) -> str:
    """Name a stage for people; one that uploads never go through has no title."""
    return words(pipeline.INFOS[stage].title or stage)


def document_of(file: Path, recording: Recording) -> Document:
    """Return what the documents of a recording are rendered from."""
    assert recording.transcript is not None
    assert recording.media is not None
    minutes, diarization = recording.minutes, recording.diarization
    document = Document.of(
        named(file),
        datetime.now().astimezone(_zone()),
        recording.transcript,
        minutes,
        diarization=diarization if isinstance(diarization, Diarization) else None,
        recorded_at=recorded_at(recording.media.recorded_at, named(file), _zone()),
    )
    remarks = (*recording.media.remarks, *(minutes.remarks if minutes else ()))
    with force_locale(_form(document)):
        notes = [words(remark.message, **remark.params) for remark in remarks]
        if isinstance(diarization, NotDiarized):
            notes.append(f"{words(NOT_TOLD_APART)} {words(diarization.message, **diarization.params)}")
    return replace(document, notes=tuple(notes))


def _form(document: Document) -> str:
    """Return the language of a document's own words: the recording's, else the terminal's."""
    return document.locale(terminal_locale(os.environ))


def _zone() -> tzinfo | None:
    return zone_of(parts().config.timezone)


def rendered(document: Document, what: Kind, kind: str) -> bytes:
    """Render one of DOWNLOADS in the language of the recording, or the terminal's."""
    return DOWNLOADS[f"{what}.{kind}"].render(document, _form(document))
