"""Help and mistakes of the commands in the language of the terminal; click asks gettext for its own words."""

import copy
import gettext
import inspect
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import click

from app.documents.terminal_locale import terminal_locale
from app.errors import N_
from app.training.parsing import CATALOGUES

C = TypeVar("C", bound=click.Command)

PLACES = (N_("[OPTIONS]"), N_("COMMAND [ARGS]..."))  # in the first line of help
KINDS = (  # of values; a choice names its own
    N_("TEXT"), N_("INTEGER"), N_("INTEGER RANGE"), N_("FLOAT"), N_("FLOAT RANGE"), N_("FILE"),
    N_("DIRECTORY"), N_("PATH"), N_("IMPORT"), N_("FILENAME"),
)  # fmt: skip


def speaks_otherwise() -> bool:
    """Tell whether the terminal is to be spoken to in another language than English."""
    return terminal_locale(os.environ) != "en"


def use(folder: Path) -> None:
    """Let click, and `translated`, find our compiled catalogues."""
    gettext.bindtextdomain(gettext.textdomain(), str(folder))


def catalogues() -> dict[str, str]:
    """Return what a process that is started from here finds them by."""
    return {CATALOGUES: gettext.bindtextdomain(gettext.textdomain())} if speaks_otherwise() else {}


def translated(command: C) -> C:
    """Return a copy of a command, with those in it, whose help is in the terminal's language."""
    one = copy.copy(command)
    one.help, one.short_help = _said(command.help), _said(command.short_help)
    vars(one)["_help_option"] = None  # click keeps that of --help, in the language of its first use
    one.params = [_param(param) for param in command.params]
    one.options_metavar = _said(command.options_metavar)
    if isinstance(one, click.Group):
        vars(one)["subcommand_metavar"] = gettext.gettext(one.subcommand_metavar or "COMMAND [ARGS]...")
        one.commands = {name: translated(inner) for name, inner in one.commands.items()}
    return one


def help_texts(command: click.Command) -> Iterator[str]:
    """Yield all that `translated` translates, as it stands in the catalogue."""
    shown = (command.help, command.short_help, *(getattr(param, "help", None) for param in command.params))
    yield from (inspect.cleandoc(text) for text in shown if text)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from help_texts(inner)


def _param(param: click.Parameter) -> click.Parameter:
    one = _option(param) if isinstance(param, click.Option) else copy.copy(param)
    if isinstance(param.type, click.Path):  # which asks gettext when the module is read
        one.type = copy.copy(param.type)
        one.type.name = gettext.gettext(param.type.name)
    return one


def _option(option: click.Option) -> click.Option:
    one = copy.copy(option)
    one.help = _said(option.help)
    kind = option.type.name.upper()
    if kind in KINDS and option.metavar is None and not option.is_flag and not option.count:
        one.metavar = gettext.gettext(kind)
    return one


def _said(text: str | None) -> str | None:
    return gettext.gettext(inspect.cleandoc(text)) if text else text
