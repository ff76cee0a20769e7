"""Which files of a job are its sound: large, and read only by who wants to hear it or to work on it again."""

from collections.abc import Sequence
from pathlib import PurePath

from app.audio.encode import ENCODERS
from app.pipeline.stages.download import DOWNLOADED
from app.pipeline.stages.fetch import FETCHED

_SUFFIXES = frozenset(f".{kind}" for kind in ENCODERS)


def is_sound(result: PurePath) -> bool:
    """Tell of a file that a stage has left."""
    return result.suffix in _SUFFIXES or result.name in (FETCHED, DOWNLOADED)


def source_is_sound(stages: Sequence[str]) -> bool:
    """Tell of a job's source: what is fetched by a stage, or a list of addresses, is only named in it."""
    return stages[0] == "extract"
