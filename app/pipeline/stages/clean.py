"""The stage that takes noise away from the sound, before it is transcribed."""

from dataclasses import replace

from app.engines.registry import Engines
from app.errors import N_, EngineUnavailable
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.pipeline.recording import Recording
from app.pipeline.separating import CLEANED, READY, separated
from app.pipeline.sound_artifact import sound_artifact
from app.pipeline.stage import StageInfo
from app.progress import Progress, part_of


def clean(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Replace the speech by cleaned speech; leave both sounds to listen to, and what the cleaning did.

    Where no engine can do it, the recording goes on as it is and says why.
    """
    try:
        separator = engines.separator(part_of(progress, 0.0, READY))
    except EngineUnavailable as error:
        return replace(recording, cleaned=NotCleaned(error.message, error.params))
    if isinstance(recording.repaired, Cleaned) and recording.repaired.engine == separator.name:
        why = N_("It was repaired already, and %(engine)s is all there is to clean it.")
        return replace(recording, cleaned=NotCleaned(why, {"engine": separator.name}))
    cleaned = separated(recording, separator, CLEANED, progress)
    return replace(recording, speech=recording.folder / CLEANED.speech, cleaned=cleaned)


INFO = StageInfo(
    "clean",
    sound_artifact("clean.json", "cleaned", CLEANED),
    clean,
    title=N_("Cleaning"),
    sentence=N_("Cleaning the sound"),
    switch=N_("Clean the sound first"),
    typical_cost=1.0,
)
