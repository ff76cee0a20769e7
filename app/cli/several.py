"""Several recordings by one command: what is written where, what is told, how it ends."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from app.cli.output import STDOUT, check, write
from app.cli.terminal import FAILED, readable_errors, words
from app.cli.working import STDIN, named, rendered
from app.documents.document import Document
from app.documents.downloads import DOWNLOADS, Kind, formats
from app.errors import N_

NEEDS_FILE = N_("%(kind)s is not text and needs a file: -o %(name)s.%(kind)s")
UNKNOWN_FORMAT = N_("Unknown format “%(kind)s”. There are: %(kinds)s.")
SOME_FAILED = 3  # status: the run came to its end, and some recordings have failed

FILES = click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
)
QUIET = click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors and the result.")
AS_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Tell of each file by a line of JSON on standard output."
)


def format_option(what: Kind) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make the option --format, which may be given several times."""
    return click.option(
        "--format",
        "kinds",
        multiple=True,
        type=click.Choice((*formats(what), "all")),
        help="By default from the name of OUT; again for more, or all.",
    )


@dataclass(frozen=True, slots=True)
class Target:
    """A document to be written. path: None: to standard output, in the terminal's own form."""

    path: Path | None
    kind: str


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of the work."""

    quiet: bool = False
    as_json: bool = False


Targets = dict[Path, tuple[Target, ...]]


def targets(
    files: Sequence[Path], out: Path | None, kinds: Sequence[str], what: Kind, force: bool
) -> Targets:
    """Say what each file is written to; refuse, before the work, what could not be written after it.

    Several files or formats go into a folder, each under the name of its recording.
    """
    if files.count(STDIN) > 1:
        raise click.UsageError(words(N_("Standard input (-) can be read once.")))
    known = formats(what)
    chosen = known if "all" in kinds else tuple(dict.fromkeys(kinds))
    folder = out is not None and out != STDOUT and out.is_dir()
    if len(files) == 1 and len(chosen) < 2 and not folder:
        kind = kind_of(chosen[0] if chosen else None, out, known)
        if out is None and not DOWNLOADS[f"{what}.{kind}"].text:
            raise click.UsageError(words(NEEDS_FILE, kind=kind, name=files[0].stem))
        check(out, files[0], force)
        return {files[0]: (Target(out, kind),)}
    if out is None or out == STDOUT or (out.exists() and not out.is_dir()):
        raise click.UsageError(words(N_("Several files or formats need a folder: -o FOLDER/")))
    found = {file: _in_folder(file, files, out, chosen or ("txt",)) for file in files}
    out.mkdir(parents=True, exist_ok=True)
    for file, wanted in found.items():
        for target in wanted:
            check(target.path, file, force)
    return found


def each(
    wanted: Targets, what: Kind, document: Callable[[Path], Document], telling: Telling, force: bool
) -> None:
    """Make and write the documents of each file; one that fails is told, and the others are done."""
    failed = 0
    for file, places in wanted.items():
        began = time.monotonic()
        try:
            with readable_errors():
                made = document(file)
                for place in places:
                    content = rendered(made, what, place.kind)
                    if not (telling.as_json and place.path is None):
                        write(content, place.path, force, quiet=telling.quiet or telling.as_json)
        except click.ClickException as error:
            if len(wanted) == 1 and not telling.as_json:
                raise
            failed += 1
            click.echo(words(FAILED, name=file, reason=error.message), err=True)
            if telling.as_json:
                _tell({"file": str(file), "error": error.message})
        else:
            if telling.as_json:
                _tell(_told(file, made, places, time.monotonic() - began))
    if failed:
        sys.exit(SOME_FAILED if len(wanted) > 1 else 1)


def kind_of(chosen: str | None, out: Path | None, kinds: tuple[str, ...]) -> str:
    """Choose the format: as asked, else by the name of the file, else the first of those that there are."""
    named = out.suffix.lower().removeprefix(".") if out and out != STDOUT else "txt"
    kind = chosen or (named if named in kinds or out not in (None, STDOUT) else kinds[0])
    if kind not in kinds:
        raise click.UsageError(words(UNKNOWN_FORMAT, kind=kind, kinds=", ".join(kinds)))
    return kind


def _in_folder(file: Path, files: Sequence[Path], folder: Path, kinds: Sequence[str]) -> tuple[Target, ...]:
    """Name the documents of a file; where two recordings differ by their extension alone, with that too."""
    same = [other for other in files if other.stem == file.stem]
    stem = named(file) if file == STDIN else file.stem if len(same) == 1 else file.name
    return tuple(Target(folder / f"{stem}.{kind}", kind) for kind in kinds)


def _told(file: Path, document: Document, places: Sequence[Target], took_s: float) -> dict[str, object]:
    return {
        "file": str(file),
        "written": [str(place.path) for place in places if place.path],
        "language": document.language,
        "duration_s": round(document.duration_s, 3),
        "engines": dict(document.engines),
        "took_s": round(took_s, 3),
        "text": document.transcript.text,
    }


def _tell(told: dict[str, object]) -> None:
    click.echo(json.dumps(told, ensure_ascii=False))
