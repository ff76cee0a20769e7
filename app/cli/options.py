"""Options that say what is to be heard: --language, --speakers, --terms."""

import click

from app.documents.language_codes import AUTO, language_code
from app.errors import BadInput
from app.pipeline import expected_terms, speaker_count


def _language(_context: click.Context, _option: click.Parameter, written: str) -> str:
    code = language_code(written)
    if code is None:
        raise click.BadParameter(f"{written!r} is no language. Write en, eng, en-US, English, or auto.")
    return code


LANGUAGE = click.option(
    "--language", default=AUTO, callback=_language, help="Of the speech, by code or name; auto detects it."
)


def _speakers(_context: click.Context, _option: click.Parameter, written: str | None) -> str | None:
    try:
        return None if written is None else speaker_count.normal(written)
    except BadInput as error:
        raise click.BadParameter(str(error)) from error


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
        raise click.BadParameter(str(error)) from error


TERMS = click.option(
    "--terms",
    default="",
    callback=_terms,
    help="Names and terms to expect, by commas; Whisper hears them better.",
)
