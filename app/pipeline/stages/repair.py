"""The stage that mends a damaged recording: gaps, clicks, clipped peaks, then noise and echo."""

from dataclasses import replace

from app.engines.registry import Engines
from app.errors import N_, EngineUnavailable
from app.pipeline.cleaned import NotCleaned
from app.pipeline.recording import Recording
from app.pipeline.separating import READY, REPAIRED, separated
from app.pipeline.sound_artifact import sound_artifact
from app.pipeline.stage import StageInfo
from app.progress import Progress, part_of


def repair(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Replace the speech by repaired speech, at 16 kHz; leave both sounds to listen to.

    It runs before `clean`: what takes noise away would smear gaps and clicks, so that nobody finds them any
    more. Where it cannot be done, the recording goes on as it is and says why.
    """
    try:
        engine = engines.repairer(part_of(progress, 0.0, READY))
    except EngineUnavailable as error:
        return replace(recording, repaired=NotCleaned(error.message, error.params))
    repaired = separated(recording, engine, REPAIRED, progress)
    return replace(recording, speech=recording.folder / REPAIRED.speech, repaired=repaired)


INFO = StageInfo(
    "repair",
    sound_artifact("repair.json", "repaired", REPAIRED),
    repair,
    title=N_("Repair"),
    sentence=N_("Repairing the sound"),
    switch=N_("Repair damaged sound: gaps, clicks, clipping, noise"),
    typical_cost=0.06,
)
