"""The same work from a terminal: flask transcribe, minutes, clip, vectorize, nearest, keys and more."""

from functools import partial
from pathlib import Path

import click
from flask import Flask

from app.cli import clips, keys, lab, recordings, storage, translated, upkeep, users, vectors

COMMANDS: tuple[click.Command, ...] = (
    recordings.transcribe,
    recordings.minutes,
    recordings.ask,
    recordings.clean,
    recordings.repair,
    clips.clip,
    vectors.vectorize,
    vectors.nearest,
    upkeep.models,
    upkeep.janitor,
    keys.keys,
    users.users,
    storage.storage,
    lab.lab,
)


def init_app(app: Flask) -> None:
    speaks = translated.speaks_otherwise()
    if speaks:
        translated.use(Path(app.config["BABEL_TRANSLATION_DIRECTORIES"]))
    for command in COMMANDS:
        app.cli.add_command(command)
    for name, command in list(app.cli.commands.items()) if speaks else ():
        app.cli.commands[name] = translated.translated(command)  # APIFlask's too
    if speaks and (context := click.get_current_context(silent=True)):
        flask = context.find_root().command  # its own commands, which are there already
        vars(flask).update(vars(translated.translated(flask)))
        vars(flask)["format_epilog"] = partial(_from_the_start, flask)


def _from_the_start(flask: click.Command, context: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the help of `flask` anew: it writes the head in English before it loads the program."""
    del vars(flask)["format_epilog"]
    formatter.buffer.clear()
    flask.format_help(context, formatter)
