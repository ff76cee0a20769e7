"""Celery's entry with scripted stages: `celery -A tests.scale.worker worker`. All else is the program's own.

Each stage sleeps as long as the file `<stage>_s` or `stage_s` says, and writes to `stages.log` when it begins
and ends, and by which worker: the process id of Celery's parent.
"""

import os
import time
from pathlib import Path

from app.engines.registry import Engines
from app.pipeline import STAGES, Stage
from app.pipeline.recording import Recording
from app.progress import Progress
from tests.jobs.acting import Acting

STEP_S = 0.05


def scripted(name: str, act: Stage) -> Stage:
    def note(what: str, recording: Recording) -> None:
        with Path("stages.log").open("a", encoding="utf-8") as file:
            file.write(f"{what} {name} {recording.source.parent.name} {time.time()} {os.getppid()}\n")

    def stage(recording: Recording, engines: Engines, progress: Progress) -> Recording:
        note("begin", recording)
        own = Path(f"{name}_s")
        stage_s = float((own if own.exists() else Path("stage_s")).read_text())
        ends_at = time.monotonic() + stage_s
        while (left := ends_at - time.monotonic()) > 0:
            progress(min(0.99, 1 - left / stage_s))
            time.sleep(min(STEP_S, left))
        done = act(recording, engines, progress)
        note("end", recording)
        return done

    return stage


def extract(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Take the recording's name for its sound: the acting transcriber reads it as text."""
    done = Acting().stages["extract"](recording, engines, progress)
    assert done.speech is not None
    done.speech.write_text(recording.name, encoding="utf-8")
    return done


ACTS = Acting().stages | {"extract": extract}
STAGES.update({name: scripted(name, act) for name, act in ACTS.items()})

from app.worker import celery  # noqa: E402, F401  after the stages were put in place
