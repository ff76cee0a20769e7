"""Work on recordings: flask transcribe, minutes, ask, clean, repair."""

from dataclasses import replace
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.options import DEVICE, LANGUAGE, MODEL, SPEAKERS, TASK, TERMS, engines_for
from app.cli.output import FORCE, OUT, check, write
from app.cli.several import AS_JSON, FILES, QUIET, Telling, each, format_option, kind_of, targets
from app.cli.terminal import parts, readable_errors, words
from app.cli.working import document_of, finished
from app.documents.document import Document
from app.documents.forms import FORMS, OWN
from app.documents.labels import LANGUAGES
from app.documents.minutes import SECTIONS, only
from app.documents.transcript import Transcript
from app.documents.typography import clock
from app.engines.base import Task
from app.engines.choosing.summarizers import asked, in_language
from app.errors import N_, EngineUnavailable
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.pipeline.recording import Recording
from app.summarization.chat import Chat

CLEANED = ("flac", "mp3")

NOT_SAID, IN_ITS_WORDS = N_("Not said in the recording."), N_("In its words:")
LEVELS = N_("Noise %(noise)s dB → %(less)s dB, speech %(speech)s dB → %(now)s dB (%(engine)s)")
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command()
@FILES
@LANGUAGE
@SPEAKERS
@TERMS
@MODEL
@DEVICE
@TASK
@format_option("transcript")
@OUT
@FORCE
@QUIET
@AS_JSON
@with_appcontext
def transcribe(
    files: tuple[Path, ...],
    language: str,
    task: Task,
    speakers: str | None,
    terms: str,
    model: str | None,
    device: str | None,
    kinds: tuple[str, ...],
    out: Path | None,
    force: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Write down what is said in FILES."""
    wanted = targets(files, out, kinds, "transcript", force)
    stages = ("extract", "transcribe", *_diarize(speakers))

    def document(file: Path) -> Document:
        with finished(
            file, language, stages, speakers, terms, engines=engines, quiet=quiet, task=task
        ) as recording:
            return document_of(file, recording)

    with engines_for(model, device) as engines:
        each(wanted, "transcript", document, Telling(quiet, as_json), force)


@click.command()
@FILES
@LANGUAGE
@SPEAKERS
@TERMS
@MODEL
@DEVICE
@format_option("minutes")
@click.option(
    "--form", type=click.Choice(tuple(FORMS)), default="minutes", show_default=True, help="What is written."
)
@click.option(
    "--section",
    "sections",
    multiple=True,
    type=click.Choice(tuple(SECTIONS)),
    help="Only these of the parts.",
)
@click.option(
    "--in", "to", type=click.Choice(LANGUAGES), help="Language of the minutes; by default as it was spoken."
)
@click.option("--prompt", "asked_for", help="Your own request, which the chat model writes to instead.")
@OUT
@FORCE
@QUIET
@AS_JSON
@with_appcontext
def minutes(
    files: tuple[Path, ...],
    language: str,
    speakers: str | None,
    terms: str,
    model: str | None,
    device: str | None,
    kinds: tuple[str, ...],
    form: str,
    sections: tuple[str, ...],
    to: str | None,
    asked_for: str | None,
    out: Path | None,
    force: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Write the minutes of the meetings recorded in FILES."""
    wanted = targets(files, out, kinds, "minutes", force)
    stages = ("extract", "transcribe", *_diarize(speakers), *(() if asked_for else ("summarize",)))

    shape = FORMS[form].only(sections) if sections else FORMS[form]

    def document(file: Path) -> Document:
        with finished(file, language, stages, speakers, terms, engines=engines, quiet=quiet) as recording:
            if asked_for:
                return document_of(file, _written_to(asked_for, recording)).in_shape(OWN)
            return document_of(file, _as_asked(recording, sections, to)).in_shape(shape)

    with engines_for(model, device) as engines:
        each(wanted, "minutes", document, Telling(quiet, as_json), force)


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
        click.echo(found.text or words(NOT_SAID if not found.said else IN_ITS_WORDS))
        for moment in found.moments:
            click.echo(f"[{clock(moment.start)}] {moment.text}")


@click.command()
@FILE
@OUT
@FORCE
@with_appcontext
def clean(file: Path, out: Path | None, force: bool) -> None:
    """Take the noise out of FILE; by default into NAME_cleaned.flac beside it, as MP3 if OUT says so."""
    _make_sound(file, "clean", _beside(file, out, "cleaned"), force)


@click.command()
@FILE
@OUT
@FORCE
@with_appcontext
def repair(file: Path, out: Path | None, force: bool) -> None:
    """Mend gaps, clicks, clipping and noise of FILE; by default into NAME_repaired.flac, or as OUT says."""
    _make_sound(file, "repair", _beside(file, out, "repaired"), force)


def _beside(file: Path, out: Path | None, made: str) -> Path:
    """Name what is made of a file, where only a folder is given or nothing at all."""
    usual = f"{file.stem}_{made}.flac"
    return (out / usual if out.is_dir() else out) if out else file.with_name(usual)


def _make_sound(file: Path, stage: str, out: Path, force: bool) -> None:
    kind = kind_of(None, out, CLEANED)
    check(out, file, force)
    with readable_errors(), finished(file, "auto", ("extract", stage)) as recording:
        _write_sound(recording.repaired if stage == "repair" else recording.cleaned, kind, out, force)


def _write_sound(made: Cleaned | NotCleaned | None, kind: str, out: Path, force: bool) -> None:
    """Write what a stage made of the sound, and say what that did. Raises EngineUnavailable: nothing."""
    if isinstance(made, NotCleaned):
        raise EngineUnavailable(made.message, **made.params)
    assert made is not None
    write((made.mp3 if kind == "mp3" else made.flac).read_bytes(), out, force)
    before, after = made.before.levels, made.after.levels
    levels = (before.noise_db, after.noise_db, before.speech_db, after.speech_db)
    said = dict(zip(("noise", "less", "speech", "now"), (f"{level:.0f}" for level in levels), strict=True))
    click.echo(words(LEVELS, **said, engine=made.engine), err=True)


def _diarize(speakers: str | None) -> tuple[str, ...]:
    return () if speakers is None else ("diarize",)


def _chat(transcript: Transcript) -> Chat:
    """Return the chat model. Raises EngineUnavailable where there is none."""
    return asked(parts().engines.summarizer(transcript.language, lambda done: None), lambda done: None)


def _as_asked(recording: Recording, sections: tuple[str, ...], to: str | None) -> Recording:
    """Keep some sections of the minutes, and give them in another language than was spoken."""
    minutes, transcript = recording.minutes, recording.transcript
    if minutes is None or transcript is None:
        return recording
    if sections:
        minutes = only(minutes, sections)
    if to and to != transcript.language:
        summarizer = parts().engines.summarizer(transcript.language, lambda done: None)
        minutes = in_language(summarizer, minutes, to, None, lambda done: None)
    return replace(recording, minutes=minutes)


def _written_to(wanted: str, recording: Recording) -> Recording:
    from app.summarization.own_prompt import write_own

    assert recording.transcript is not None
    chat = _chat(recording.transcript)
    return replace(recording, minutes=write_own(chat, recording.transcript, wanted, lambda done: None))
