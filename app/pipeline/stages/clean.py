"""The stage that takes the noise away before anybody listens."""

from dataclasses import replace

from app.engines.registry import Engines
from app.errors import N_, EngineUnavailable
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.pipeline.recording import Recording
from app.pipeline.separating import CLEANED, READY, separated
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
