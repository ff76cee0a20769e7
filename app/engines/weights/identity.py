"""Tells the weights of an engine from others under the same names, for work that goes on after a kill."""

from pathlib import Path


def files_identity(folder: Path) -> str:
    """Return names, sizes and times of the files in a folder of weights, in one line."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return " ".join(f"{path.name}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files)
