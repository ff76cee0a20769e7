"""From a recording to its minutes: the loop over the stages, and the record that they hand on."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from app.engines.registry import Engines
from app.pipeline import artifacts
from app.pipeline.recording import Recording
from app.pipeline.stage import Stage
from app.pipeline.stages import ALL_STAGES, INFOS, OF_SOUND_ALONE, STAGES, SWITCHES, stages_of

__all__ = [
    "ALL_STAGES",
    "INFOS",
    "OF_SOUND_ALONE",
    "STAGES",
    "SWITCHES",
    "Report",
    "Stage",
    "artifacts",
    "run",
    "stages_of",
]

Report = Callable[[str, float], None]
"""Takes a stage and its progress 0..1; raises JobCancelled to stop the work."""


def run(
    names: Iterable[str],
    recording: Recording,
    engines: Engines,
    report: Report,
    stages: Mapping[str, Stage] = STAGES,
) -> Recording:
    """Run stages in order, each artifact on disk before the next begins; what is there is not done again."""
    recording.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in names:
        finished = artifacts.load(name, recording)
        if finished is None:
            report(name, 0.0)
            finished = stages[name](recording, engines, partial(report, name))
            artifacts.save(name, finished)
        recording = finished
    return recording
