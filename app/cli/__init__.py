"""The same work from a terminal: flask transcribe, minutes, clean, models, janitor."""

from flask import Flask

from app.cli import recordings, upkeep


def init_app(app: Flask) -> None:
    for command in (
        recordings.transcribe,
        recordings.minutes,
        recordings.clean,
        upkeep.models,
        upkeep.janitor,
    ):
        app.cli.add_command(command)
