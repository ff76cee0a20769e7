"""Work on one recording: flask transcribe, minutes, clean."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from rich.progress import Progress

from app import pipeline
from app.cli.options import LANGUAGE, SPEAKERS, TERMS
from app.cli.output import FORCE, OUT, STDOUT, check, write
from app.cli.terminal import COLUMNS, CONSOLE, parts, readable_errors
from app.documents.diarization import Diarization, NotDiarized
from app.documents.document import Document
from app.documents.downloads import DOWNLOADS, Kind, formats
from app.documents.forms import FORMS, OWN
from app.documents.transcript import Transcript
from app.documents.typography import clock
from app.engines.choosing.summarizers import asked
from app.errors import EngineUnavailable
from app.pipeline.cleaned import NotCleaned
from app.pipeline.limits import limits_of
from app.pipeline.recording import Recording
from app.summarization.chat import Chat

CLEANED = ("flac", "mp3")

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command()
@FILE
@LANGUAGE
@SPEAKERS
@TERMS
@click.option(
    "--format", "kind", type=click.Choice(formats("transcript")), help="By default from the name of OUT."
)
@OUT
@FORCE
@with_appcontext
def transcribe(
    file: Path,
    language: str,
    speakers: str | None,
    terms: str,
    kind: str | None,
    out: Path | None,
    force: bool,
) -> None:
    """Write down what is said in FILE."""
    kind = _kind(kind, out, formats("transcript"))
    check(out, file, force)
    with (
        readable_errors(),
        finished(
            file, language, ("extract", "transcribe", *_diarize(speakers)), speakers, terms
        ) as recording,
    ):
        document = _document(file, recording)
        write(_rendered(document, "transcript", kind), out, force)


@click.command()
@FILE
@LANGUAGE
@SPEAKERS
@TERMS
@click.option(
    "--format", "kind", type=click.Choice(formats("minutes")), help="By default from the name of OUT."
)
@click.option(
    "--form", type=click.Choice(tuple(FORMS)), default="minutes", show_default=True, help="What is written."
)
@click.option("--prompt", "wanted", help="Your own request, which the chat model writes to instead.")
@OUT
@FORCE
@with_appcontext
def minutes(
    file: Path,
    language: str,
    speakers: str | None,
    terms: str,
    kind: str | None,
    form: str,
    wanted: str | None,
    out: Path | None,
    force: bool,
) -> None:
    """Write the minutes of the meeting recorded in FILE."""
    kind = _kind(kind, out, formats("minutes"))
    if out is None and not DOWNLOADS[f"minutes.{kind}"].text:
        raise click.UsageError(f"{kind} is not text and needs a file: -o minutes.{kind}")
    check(out, file, force)
    stages = ("extract", "transcribe", *_diarize(speakers), *(() if wanted else ("summarize",)))
    with readable_errors(), finished(file, language, stages, speakers, terms) as recording:
        if wanted:
            document = _document(file, _written_to(wanted, recording)).in_shape(OWN)
        else:
            document = _document(file, recording).in_form(form)
        write(_rendered(document, "minutes", kind), out, force)


@click.command()
@FILE
@click.argument("question")
@LANGUAGE
@with_appcontext
def ask(file: Path, question: str, language: str) -> None:
    """Answer QUESTION from what is said in FILE, by the chat model, with the moments that say so."""
    from app.summarization.questions import answer

    with readable_errors(), finished(file, language, ("extract", "transcribe")) as recording:
        assert recording.transcript is not None
        chat = _chat(recording.transcript)
        found = answer(chat, recording.transcript, question, lambda done: None)
        click.echo(found.text or ("Not said in the recording." if not found.said else "In its words:"))
        for moment in found.moments:
            click.echo(f"[{clock(moment.start)}] {moment.text}")


@click.command()
@FILE
@OUT
@FORCE
@with_appcontext
def clean(file: Path, out: Path | None, force: bool) -> None:
    """Take the noise out of FILE; by default into NAME_cleaned.flac beside it, as MP3 if OUT says so."""
    out = out or file.with_name(f"{file.stem}_cleaned.flac")
    kind = _kind(None, out, CLEANED)
    check(out, file, force)
    with readable_errors(), finished(file, "auto", ("extract", "clean")) as recording:
        cleaned = recording.cleaned
        if isinstance(cleaned, NotCleaned):
            raise EngineUnavailable(cleaned.message, **cleaned.params)
        assert cleaned is not None
        write((cleaned.mp3 if kind == "mp3" else cleaned.flac).read_bytes(), out, force)
        click.echo(
            f"Noise {cleaned.before.levels.noise_db:.0f} dB → {cleaned.after.levels.noise_db:.0f} dB,"
            f" speech {cleaned.before.levels.speech_db:.0f} dB → {cleaned.after.levels.speech_db:.0f} dB"
            f" ({cleaned.engine})",
            err=True,
        )


def _kind(chosen: str | None, out: Path | None, kinds: tuple[str, ...]) -> str:
    """Choose the format: as asked, else by the name of the file, else the first of those that there are."""
    named = out.suffix.lower().removeprefix(".") if out and out != STDOUT else "txt"
    kind = chosen or (named if named in kinds or out not in (None, STDOUT) else kinds[0])
    if kind not in kinds:
        raise click.UsageError(f"Unknown format {kind or 'without a name'!r}. There are: {', '.join(kinds)}.")
    return kind


def _diarize(speakers: str | None) -> tuple[str, ...]:
    return () if speakers is None else ("diarize",)


@contextmanager
def finished(
    file: Path, language: str, stages: tuple[str, ...], speakers: str | None = None, terms: str = ""
) -> Iterator[Recording]:
    """Run the stages over a file in a folder that is gone afterwards."""
    config, engines = parts().config, parts().engines
    with tempfile.TemporaryDirectory(prefix="konspekt-") as folder:
        limits = replace(limits_of(config), disk_reserve_bytes=0)
        recording = Recording(
            file.name, file, Path(folder), language, speakers or "auto", terms, limits=limits
        )
        with Progress(*COLUMNS, console=CONSOLE) as bars:
            rows = {stage: bars.add_task(stage, total=1.0, start=False) for stage in stages}

            def report(stage: str, done: float) -> None:
                bars.start_task(rows[stage])
                bars.update(rows[stage], completed=done)

            recording = pipeline.run(stages, recording, engines, report)
            for row in rows.values():
                bars.update(row, completed=1.0)
        yield recording


def _chat(transcript: Transcript) -> Chat:
    """Return the chat model. Raises EngineUnavailable where there is none."""
    return asked(parts().engines.summarizer(transcript.language, lambda done: None), lambda done: None)


def _written_to(wanted: str, recording: Recording) -> Recording:
    from app.summarization.own_prompt import write_own

    assert recording.transcript is not None
    chat = _chat(recording.transcript)
    return replace(recording, minutes=write_own(chat, recording.transcript, wanted, lambda done: None))


def _document(file: Path, recording: Recording) -> Document:
    assert recording.transcript is not None
    assert recording.media is not None
    minutes, diarization = recording.minutes, recording.diarization
    remarks = (*recording.media.remarks, *(minutes.remarks if minutes else ()))
    notes = [str(remark) for remark in remarks]
    if isinstance(diarization, NotDiarized):
        notes.append(f"The speakers were not told apart. {diarization}")
    return Document.of(
        file.name,
        datetime.now().astimezone(),
        recording.transcript,
        minutes,
        diarization=diarization if isinstance(diarization, Diarization) else None,
        recorded_at=_local(recording.media.recorded_at),
        notes=tuple(notes),
    )


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone() if moment else None


def _rendered(document: Document, what: Kind, kind: str) -> bytes:
    return DOWNLOADS[f"{what}.{kind}"].render(document, document.locale("en"))
