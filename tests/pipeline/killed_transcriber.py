"""A process that transcribes and kills itself: `python -m tests.pipeline.killed_transcriber FOLDER N_LINES`.

It dies in the midst of a window, once the checkpoint in FOLDER has so many lines.
"""

import os
import signal
import sys
from pathlib import Path

from app.config import Config
from app.engines.registry import LocalEngines
from app.pipeline.recording import Recording
from app.pipeline.stages.transcribe import CHECKPOINT, transcribe


def recording(folder: Path) -> Recording:
    return Recording("meeting.mp4", folder / "source", folder, speech=folder / "speech.wav")


def engines(folder: Path) -> LocalEngines:
    return LocalEngines(
        Config(_env_file=None, models_dir=folder / "models", max_fetch_bytes=0, transcriber="whisper")
    )


def main(folder: Path, n_lines: int) -> None:
    path, reports = folder / CHECKPOINT, 0

    def progress(_: float) -> None:
        nonlocal reports
        if path.exists() and path.read_bytes().count(b"\n") >= n_lines:
            reports += 1
            if reports > 1:  # the first comes with the end of the window before
                os.kill(os.getpid(), signal.SIGKILL)

    transcribe(recording(folder), engines(folder), progress)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
