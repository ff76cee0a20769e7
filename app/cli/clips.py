"""A clip of one recording: flask clip."""

from pathlib import Path

import click
from flask.cli import with_appcontext
from rich.progress import Progress

from app.audio.waveform import Span
from app.cli.options import LANGUAGE
from app.cli.output import FORCE, OUT, STDOUT, check, write
from app.cli.recordings import FILE
from app.cli.terminal import COLUMNS, CONSOLE, readable_errors, say, words
from app.cli.working import finished
from app.errors import N_, BadInput
from app.pipeline.clip import SUBTITLES, Subtitles, clip_of, highlights_of, make_clip, span_of

SOUND_OR_PICTURE, SUBTITLED = (".mp3", ".mp4"), ".srt"


def _spans(_context: click.Context, _option: click.Parameter, written: tuple[str, ...]) -> tuple[Span, ...]:
    try:
        return tuple(map(span_of, written))
    except BadInput as error:
        raise click.BadParameter(say(error)) from error


@click.command()
@FILE
@LANGUAGE
@click.option(
    "--cut",
    "cuts",
    metavar="FROM-TO",
    multiple=True,
    callback=_spans,
    help="A stretch, as 1:02-1:30; again for more.",
)
@click.option("--highlights", is_flag=True, help="Decisions, assignments and key points instead.")
@click.option(
    "--subtitles",
    type=click.Choice(SUBTITLES),
    default="burnt",
    show_default=True,
    help="In the picture, beside it, none.",
)
@OUT
@FORCE
@with_appcontext
def clip(
    file: Path,
    language: str,
    cuts: tuple[Span, ...],
    highlights: bool,
    subtitles: Subtitles,
    out: Path | None,
    force: bool,
) -> None:
    """Cut stretches of FILE out into a short video or sound: OUT.mp4 or OUT.mp3, its subtitles OUT.srt.

    By default OUT is NAME_clip beside FILE, or in the folder that is named.
    """
    if highlights == bool(cuts):
        raise click.UsageError(words(N_("Say what to cut out: --cut FROM-TO, or --highlights.")))
    if out == STDOUT:
        raise click.UsageError(words(N_("A clip needs a file: -o NAME")))
    heard = () if subtitles == "none" and not highlights else ("transcribe",)
    stages = ("extract", *heard, *(("summarize",) if highlights else ()))
    target = _target(file, out)
    for suffix in (*SOUND_OR_PICTURE, *((SUBTITLED,) if subtitles == "side" else ())):
        check(target.with_name(target.name + suffix), file, force)
    with readable_errors(), finished(file, language, stages) as recording:
        request = highlights_of(recording, subtitles, "en") if highlights else clip_of(cuts, subtitles, "en")
        clip = recording.folder / "clip"
        with Progress(*COLUMNS, console=CONSOLE) as bars:
            row = bars.add_task(words(N_("Clip")), total=1.0)
            make_clip(recording, request, clip, lambda done: bars.update(row, completed=done))
        for suffix in (SUBTITLED, *SOUND_OR_PICTURE):
            if (made := clip.with_suffix(suffix)).exists():
                write(made.read_bytes(), target.with_name(target.name + suffix), force)


def _target(file: Path, out: Path | None) -> Path:
    """Name the clip without its suffix: that follows from whether the recording has a picture."""
    usual = f"{file.stem}_clip"
    if out is None or out.is_dir():
        return out / usual if out else file.with_name(usual)
    return out.with_suffix("") if out.suffix.lower() in SOUND_OR_PICTURE else out
