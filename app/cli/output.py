"""Where a command writes its result: the options -o and --force, and standard output."""

import os
import sys
from pathlib import Path

import click

from app.audio.output_file import check_output, write_output
from app.cli.terminal import readable_errors, words
from app.errors import N_

STDOUT = Path("-")
NOT_MADE = N_("%(place)s cannot be made: %(reason)s.")
CAME = N_("%(place)s has come meanwhile; --force replaces it.")
NOT_WRITTEN = N_("%(place)s cannot be written to: %(reason)s.")


def _place(_: click.Context, __: click.Parameter, written: str | None) -> Path | None:
    """Take OUT as a path; what ends with a slash is a folder, made where it is missing."""
    if written is None:
        return None
    if written.endswith(os.sep):
        try:
            Path(written).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.ClickException(words(NOT_MADE, place=written, reason=error.strerror)) from error
    return Path(written)


OUT = click.option(
    "-o",
    "--out",
    type=click.Path(allow_dash=True),
    callback=_place,
    help="File to write, or a folder; - for standard output.",
)
FORCE = click.option("--force", is_flag=True, help="Replace OUT if it is there.")


def check(out: Path | None, source: Path, force: bool) -> None:
    """Refuse, before the work, an output that could not be written after it or is already there."""
    if out is not None and out != STDOUT:
        with readable_errors():
            check_output(out, source, force)


def write(content: bytes, out: Path | None, force: bool, quiet: bool = False) -> None:
    """Write the result; without a file, text goes to standard output in the terminal's own form."""
    place = words(N_("Standard output")) if out is None or out == STDOUT else str(out)
    try:
        if out is None:
            _print(content.decode("utf-8-sig").replace("\r\n", "\n"))
        elif out == STDOUT:
            _send(content)
        else:
            write_output(out, content, force)
            if not quiet:
                click.echo(words(N_("Written: %(place)s"), place=out), err=True)
    except FileExistsError:
        raise click.ClickException(words(CAME, place=place)) from None
    except BrokenPipeError:
        raise  # who read it has enough; click ends without a word
    except OSError as error:
        raise click.ClickException(words(NOT_WRITTEN, place=place, reason=error.strerror)) from error


def _print(text: str) -> None:
    """Print text; what the terminal's encoding lacks is a question mark, not the end of the work."""
    _send(text.encode(sys.stdout.encoding or "utf-8", "replace"))


def _send(content: bytes) -> None:
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
