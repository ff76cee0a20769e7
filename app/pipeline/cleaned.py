"""Cleaned, NotCleaned: what the stages `repair` and `clean` say they did to the sound."""

from dataclasses import dataclass, field
from pathlib import Path

from app.audio.levels import Survey


@dataclass(frozen=True, slots=True)
class NotCleaned:
    """Why a recording was left as it is: a gettext template and its values."""

    message: str
    params: dict[str, str | int | float] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The cleaned (or repaired) sound, as files and as figures.

    Args:
        engine: what cleaned it, for people.
        flac, mp3: the cleaned sound to download and to listen to.
        original_mp3: the sound as the stage found it, exactly as long, to compare.
        before, after: levels and waveform of both.
    """

    engine: str
    flac: Path
    mp3: Path
    original_mp3: Path
    before: Survey
    after: Survey
