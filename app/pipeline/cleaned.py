"""What cleaning did to the sound of a recording."""

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
    """The cleaned sound, as files and as figures.

    Args:
        engine: what cleaned it, for people.
        flac, mp3: the cleaned sound to download and to listen to.
        original_mp3: the sound as it was, exactly as long, to compare.
        before, after: levels and waveform of both.
    """

    engine: str
    flac: Path
    mp3: Path
    original_mp3: Path
    before: Survey
    after: Survey

    @property
    def noise_change_db(self) -> float:
        return round(self.after.levels.noise_db - self.before.levels.noise_db, 1)

    @property
    def speech_change_db(self) -> float:
        return round(self.after.levels.speech_db - self.before.levels.speech_db, 1)
