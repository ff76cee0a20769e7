"""A process that does a stage and kills itself in it: `python -m tests.trials.killed_stage STAGE FOLDER AT`.

It dies once the stage reports to be further than AT, 0..1. FOLDER holds what `extract` has left, and models/.
"""

import os
import signal
import sys
from pathlib import Path

from app.audio.limits import Limits
from app.config import Config
from app.engines.registry import LocalEngines
from app.pipeline import STAGES, artifacts
from app.pipeline.recording import Recording


def recording(folder: Path) -> Recording:
    """Return the recording with what its finished stages have left."""
    limits = Limits(disk_reserve_bytes=0)
    begun = Recording("meeting.wav", folder / "source", folder / "job", limits=limits)
    return artifacts.load_all(("extract",), begun)


def engines(folder: Path) -> LocalEngines:
    return LocalEngines(Config(_env_file=None, models_dir=folder / "models", max_fetch_bytes=0))


def main(stage: str, folder: Path, at: float) -> None:
    def progress(done: float) -> None:
        if done > at:
            os.kill(os.getpid(), signal.SIGKILL)

    STAGES[stage](recording(folder), engines(folder), progress)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
