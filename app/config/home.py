"""Where the program lies and what came with it, and where its data stands."""

import os
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]  # where run.py stands
IS_INSTALLED = not (TOP / "run.py").is_file()  # by `pip install .`, which takes `app` alone


def shipped(name: str) -> Path:
    """Return what came with the program, by its path beside `run.py`; setup.py packs it into `app`."""
    return TOP / "app/shipped" / name if IS_INSTALLED else TOP / name


def _of_user() -> Path:
    """Return the user's folder for programs' data, as each system has it (on Linux: XDG Base Directory)."""
    if sys.platform == "win32":
        place = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        place = "~/Library/Application Support"
    else:
        place = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(place).expanduser() / "konspekt"


BESIDE = _of_user() if IS_INSTALLED else TOP  # where `.env` and the folders of data stand by default
# Not a setting like others: `.env` cannot say where it stands itself.
HOME = Path(os.environ.get("KONSPEKT_HOME") or BESIDE).expanduser().resolve()
