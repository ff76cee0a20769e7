"""The same work from a terminal: flask transcribe, minutes, clip, vectorize, nearest, keys and more."""

import click
from flask import Flask

from app.cli import clips, keys, lab, recordings, storage, upkeep, users, vectors

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
    for command in COMMANDS:
        app.cli.add_command(command)
