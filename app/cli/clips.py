"""A clip of one recording: flask clip."""

from pathlib import Path

import click
from flask.cli import with_appcontext
from rich.progress import Progress

from app.audio.waveform import Span
from app.cli.options import LANGUAGE
from app.cli.recordings import FILE
from app.cli.terminal import COLUMNS, CONSOLE, readable_errors
from app.cli.working import finished
from app.errors import BadInput
from app.pipeline.clip import SUBTITLES, Subtitles, clip_of, highlights_of, make_clip, span_of


def _spans(_context: click.Context, _option: click.Parameter, written: tuple[str, ...]) -> tuple[Span, ...]:
    try:
        return tuple(map(span_of, written))
    except BadInput as error:
        raise click.BadParameter(str(error)) from error


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
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="By default NAME_clip beside FILE."
)
@with_appcontext
def clip(
    file: Path,
    language: str,
    cuts: tuple[Span, ...],
    highlights: bool,
    subtitles: Subtitles,
    out: Path | None,
) -> None:
    """Cut stretches of FILE out into a short video or sound; it becomes .mp4 or .mp3, its subtitles .srt."""
    if highlights == bool(cuts):
        raise click.UsageError("Say what to cut out: --cut FROM-TO, or --highlights.")
    heard = () if subtitles == "none" and not highlights else ("transcribe",)
    stages = ("extract", *heard, *(("summarize",) if highlights else ()))
    with readable_errors(), finished(file, language, stages) as recording:
        request = highlights_of(recording, subtitles, "en") if highlights else clip_of(cuts, subtitles, "en")
        target = (out or file.with_name(f"{file.stem}_clip")).with_suffix("")
        with Progress(*COLUMNS, console=CONSOLE) as bars:
            row = bars.add_task("clip", total=1.0)
            made = make_clip(recording, request, target, lambda done: bars.update(row, completed=done))
        click.echo(f"Written: {made}", err=True)
