"""What all commands share: the program's parts, progress bars, failures told in one sentence."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click
from flask import current_app
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from app.config import Config
from app.engines.registry import Engines
from app.errors import AppError

CTRL_C = 130  # what a shell expects of a program that was interrupted

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
    return found


@contextmanager
def readable_errors() -> Iterator[None]:
    """Tell an expected failure in one sentence, and end at once on Ctrl-C."""
    try:
        yield
    except AppError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)
        sys.stderr.flush()
        os._exit(CTRL_C)  # the device's thread may be inside a model for seconds; nothing is left to save
