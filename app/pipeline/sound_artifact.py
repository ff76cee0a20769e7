"""How the stages `repair` and `clean` are kept: what they did to the sound, or why they left it as it is."""

from dataclasses import dataclass, replace
from typing import Literal

from pydantic import TypeAdapter

from app.audio.levels import Survey
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.pipeline.recording import Recording
from app.pipeline.separating import ORIGINAL_MP3, Names
from app.pipeline.stage import Artifact


@dataclass(frozen=True, slots=True)
class CleanedFile:
    """speech, size_bytes: the file for the stages that follow, to be found whole."""

    engine: str
    speech: str
    size_bytes: int
    before: Survey
    after: Survey


@dataclass(frozen=True, slots=True)
class NotCleanedFile:
    not_cleaned: NotCleaned


SoundFile = CleanedFile | NotCleanedFile


def sound_artifact(file: str, field: Literal["repaired", "cleaned"], names: Names) -> Artifact[SoundFile]:
    """Keep the field of a recording in which the stage says what it did."""

    def done(recording: Recording) -> Cleaned | NotCleaned | None:
        return recording.repaired if field == "repaired" else recording.cleaned

    def dump(recording: Recording) -> SoundFile:
        made = done(recording)
        if isinstance(made, NotCleaned):
            return NotCleanedFile(made)
        if made is None or recording.speech is None:
            raise TypeError("the stage must return what it did")
        size_bytes = recording.speech.stat().st_size
        return CleanedFile(made.engine, recording.speech.name, size_bytes, made.before, made.after)

    def load(recording: Recording, kept: SoundFile) -> Recording | None:
        if isinstance(kept, NotCleanedFile):
            return _with(recording, field, kept.not_cleaned)
        folder, repaired = recording.folder, recording.repaired
        speech = folder / names.speech
        if speech.stat().st_size != kept.size_bytes:
            return None
        original = repaired.mp3 if isinstance(repaired, Cleaned) else folder / ORIGINAL_MP3
        flac, mp3 = folder / names.flac, folder / names.mp3
        made = Cleaned(kept.engine, flac, mp3, original, kept.before, kept.after)
        return _with(replace(recording, speech=speech), field, made)

    def engine(recording: Recording) -> str:
        made = done(recording)
        return made.engine if isinstance(made, Cleaned) else ""

    form: TypeAdapter[SoundFile] = TypeAdapter(SoundFile)
    return Artifact(file, form, dump, load, engine)


def _with(
    recording: Recording, field: Literal["repaired", "cleaned"], made: Cleaned | NotCleaned
) -> Recording:
    if field == "repaired":
        return replace(recording, repaired=made)
    return replace(recording, cleaned=made)
