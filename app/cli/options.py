"""Options that say what is to be heard, and by what: --language, --speakers, --model, --device and more."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args

import click

from app.cli.terminal import parts, say, words
from app.documents.language_codes import AUTO, language_code
from app.engines.base import Task
from app.engines.registry import Engines, LocalEngines
from app.errors import N_, BadInput
from app.pipeline import expected_terms, speaker_count

NO_LANGUAGE = N_("“%(written)s” is no language. Write en, eng, en-US, English, or auto.")


def _language(_context: click.Context, _option: click.Parameter, written: str) -> str:
    code = language_code(written)
    if code is None:
        raise click.BadParameter(words(NO_LANGUAGE, written=written))
    return code


LANGUAGE = click.option(
    "--language", default=AUTO, callback=_language, help="Of the speech, by code or name; auto detects it."
)


def _speakers(_context: click.Context, _option: click.Parameter, written: str | None) -> str | None:
    try:
        return None if written is None else speaker_count.normal(written)
    except BadInput as error:
        raise click.BadParameter(say(error)) from error


SPEAKERS = click.option(
    "--speakers",
    metavar="N|N-M|auto",
    callback=_speakers,
    help="Tell the speakers apart: as many as this, or as are found.",
)


def _terms(_context: click.Context, _option: click.Parameter, written: str) -> str:
    try:
        return expected_terms.normal(written)
    except BadInput as error:
        raise click.BadParameter(say(error)) from error


TERMS = click.option(
    "--terms",
    default="",
    callback=_terms,
    help="Names and terms to expect, by commas; Whisper hears them better.",
)


MODEL = click.option(
    "--model",
    metavar="SIZE",
    help="Whisper's size for this call: tiny, base, small, medium, large-v3, turbo.",
)


TASK = click.option(
    "--task",
    type=click.Choice(get_args(Task)),
    default="transcribe",
    show_default=True,
    help="Write it as it is said or, by Whisper, in English.",
)


DEVICE = click.option(
    "--device",
    metavar="auto|cpu|cuda|cuda:1|mps",
    help="Where models compute in this call; by default as the settings say.",
)


@contextmanager
def engines_for(model: str | None, device: str | None) -> Iterator[Engines]:
    """Give the program's engines, or others with this Whisper or device, which are closed afterwards."""
    asked = {"whisper_model": model, "device": device}
    changes = {name: value for name, value in asked.items() if value is not None}
    if not changes:
        yield parts().engines
        return
    engines = LocalEngines(parts().config.model_copy(update=changes))
    try:
        yield engines
    finally:
        engines.close()
