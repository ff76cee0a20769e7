"""A process that transcribes and kills itself: `python -m tests.pipeline.killed_transcriber FOLDER N`.

It dies in the midst of a window, once the checkpoint in FOLDER has N records.
"""

import os
import signal
import sys
from pathlib import Path

from app.config import Config
from app.engines.registry import LocalEngines
from app.pipeline.checkpoint import checkpoint_path
from app.pipeline.recording import Recording
from app.pipeline.stages.transcribe import transcribe


def recording(folder: Path) -> Recording:
    return Recording("meeting.mp4", folder / "source", folder, speech=folder / "speech.wav")


def engines(folder: Path) -> LocalEngines:
    return LocalEngines(
        Config(_env_file=None, models_dir=folder / "models", max_fetch_bytes=0, transcriber="whisper")
    )


def main(folder: Path, n_records: int) -> None:
    path, reports = checkpoint_path(folder, "transcribe"), 0

    def progress(_: float) -> None:
        nonlocal reports
        if path.exists() and path.read_bytes().count(b'"until_s"') >= n_records:
            reports += 1
            if reports > 1:  # the first comes with the end of the window before
                os.kill(os.getpid(), signal.SIGKILL)

    transcribe(recording(folder), engines(folder), progress)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
