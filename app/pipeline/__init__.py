"""One file per stage; file = function = stage name. The pipeline is a plain for loop."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from app.engines.registry import Engines
from app.pipeline import artifacts
from app.pipeline.recording import Recording
from app.pipeline.stage import Stage as Stage
from app.pipeline.stages.clean import clean
from app.pipeline.stages.extract import extract
from app.pipeline.stages.repair import repair
from app.pipeline.stages.summarize import summarize
from app.pipeline.stages.transcribe import transcribe
from app.pipeline.stages.vectorize import vectorize

Report = Callable[[str, float], None]
"""Takes a stage and its progress 0..1; raises JobCancelled to stop the work."""

STAGES: dict[str, Stage] = {
    "extract": extract,
    "repair": repair,
    "clean": clean,
    "transcribe": transcribe,
    "summarize": summarize,
    "vectorize": vectorize,
}

ALL_STAGES = ("extract", "transcribe", "summarize")  # of a recording with nothing switched on
OF_SOUND_ALONE = frozenset({"vectorize"})  # done also where a stage before them has failed


def stages_of(*, repair: bool = False, clean: bool = False, vectorize: bool = False) -> tuple[str, ...]:
    """Return what a recording goes through, with the stages that its visitor has switched on."""
    sound = (*("repair",) * repair, *("clean",) * clean)
    return ("extract", *sound, "transcribe", "summarize", *("vectorize",) * vectorize)


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
