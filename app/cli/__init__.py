"""The same work from a terminal: flask transcribe, minutes, clip, vectorize, nearest, keys and more."""

from flask import Flask

from app.cli import clips, keys, lab, recordings, storage, upkeep, vectors


def init_app(app: Flask) -> None:
    for command in (
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
        storage.storage,
        lab.lab,
    ):
        app.cli.add_command(command)
