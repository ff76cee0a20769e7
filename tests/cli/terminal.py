"""The terminal: `flask …` as a process of its own, on folders of its own."""

import os
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "flask", *map(str, words)]


def environment(folder: Path) -> dict[str, str]:
    names = ("uploads", "results", "models", "data")
    folders = {f"KONSPEKT_{name.upper()}_DIR": str(folder / name) for name in names}
    return {**os.environ, **folders, "KONSPEKT_MAX_FETCH_BYTES": "0", "KONSPEKT_TRANSCRIBER": "pocketsphinx"}


def flask(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words), cwd=TOP, env=environment(folder), capture_output=True, text=True, timeout=120
    )
