"""What all commands share: the program's parts, progress bars, failures told in one sentence."""

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from gettext import gettext as translation
from typing import Protocol

import click
from flask import current_app, has_app_context
from flask_babel import gettext
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from app.config import Config
from app.engines.registry import Engines
from app.errors import N_, AppError

BY_SIGNAL = 128  # a shell expects of a program that was ended by a signal this much and its number

STOPPED = N_("Stopped.")
FAILED = N_("Error: %(name)s: %(reason)s")
# on stderr, so that a transcript can be piped on
CONSOLE = Console(stderr=True)
COLUMNS = (
    TextColumn("{task.description:<11}"),
    BarColumn(),
    TaskProgressColumn(),
    TimeElapsedColumn(),
    TimeRemainingColumn(),
)


class Parts(Protocol):
    """What commands need of the program."""

    config: Config
    engines: Engines


def parts() -> Parts:
    found: Parts = current_app.extensions["konspekt"]
    _have_temporary_folder(found.config)
    return found


def _have_temporary_folder(config: Config) -> None:
    """Take a folder of ours for what is temporary where the system has none that can be written."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        config.incoming_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.tempdir = str(config.incoming_dir.resolve())


class _Stopped(KeyboardInterrupt):
    """The terminal was closed or the program told to end: what is temporary goes, as on Ctrl-C."""

    number: int = signal.SIGINT


def _stop(number: int, _frame: object) -> None:
    error = _Stopped()
    error.number = number
    raise error


def words(message: str, **params: object) -> str:
    """Say one of our own texts in the language of the terminal."""
    if has_app_context():
        return str(gettext(message, **params))
    said = translation(message)  # a command that needs no program: jobs elsewhere
    return said % params if params else said


def say(error: AppError) -> str:
    return words(error.message, **error.params)


@contextmanager
def readable_errors() -> Iterator[None]:
    """Tell an expected failure in one sentence; end at once on Ctrl-C, SIGTERM and SIGHUP."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
        heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]  # nohup
        before = {number: signal.signal(number, _stop) for number in heard}
    try:
        yield
    except AppError as error:
        raise click.ClickException(say(error)) from error
    except KeyboardInterrupt as error:
        with suppress(OSError):  # the terminal may be gone
            click.echo(words(STOPPED), err=True)
            sys.stderr.flush()
        # The device's thread may be inside a model for seconds; nothing is left to save.
        os._exit(BY_SIGNAL + getattr(error, "number", signal.SIGINT))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
