"""From a recording to its minutes: the loop over the stages, and the record that they hand on."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Protocol

from app import tracing
from app.engines.registry import Engines
from app.errors import StorageUnavailable
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
    "Log",
    "Report",
    "Stage",
    "artifacts",
    "run",
    "stages_of",
]

Report = Callable[[str, float], None]
"""Takes a stage and its progress 0..1; raises JobCancelled to stop the work."""


class Log(Protocol):
    """Hears when a stage begins and when it has ended well."""

    def begin(self, stage: str) -> None: ...

    def end(self, stage: str, recording: Recording) -> None: ...


def run(
    names: Iterable[str],
    recording: Recording,
    engines: Engines,
    report: Report,
    stages: Mapping[str, Stage] = STAGES,
    log: Log | None = None,
) -> Recording:
    """Run stages in order, each artifact on disk before the next begins; what is there is not done again.

    Where a stage fails, those that need the sound alone are done all the same; then its error is raised.
    A storage that is away ends the run at once: it will be tried again.
    """
    recording.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    failure: Exception | None = None
    for name in names:
        if failure is not None and (recording.speech is None or name not in OF_SOUND_ALONE):
            continue
        if log:
            log.begin(name)
        try:
            with tracing.span(name):
                recording = artifacts.load(name, recording) or _work(name, recording, engines, report, stages)
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  it is raised again below
            failure = failure or error
        else:
            if log:
                log.end(name, recording)
    if failure is not None:
        raise failure
    return recording


def _work(
    name: str, recording: Recording, engines: Engines, report: Report, stages: Mapping[str, Stage]
) -> Recording:
    report(name, 0.0)
    finished = stages[name](recording, engines, partial(report, name))
    artifacts.save(name, finished)
    return finished
