"""The terminal: `flask …` as a process of its own or in this one, on folders of its own."""

import os
import subprocess
import sys
from pathlib import Path

from click.testing import Result

from app import create_app
from app.config import Config
from app.web.core.context import konspekt

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


def run(folder: Path, *words: str | Path, stdin: bytes | None = None, **settings: object) -> Result:
    """Run a command in this process, where what it needs is imported already."""
    folders = {f"{name}_dir": folder / name for name in ("uploads", "results", "models", "data")}
    own = {"disk_reserve_bytes": 0, "max_fetch_bytes": 0, "transcriber": "pocketsphinx", **folders}
    app = create_app(Config(_env_file=None, **{**own, **settings}))  # type: ignore[arg-type]
    try:
        return app.test_cli_runner().invoke(args=[*map(str, words)], input=stdin)
    finally:
        konspekt(app).engines.close()
        konspekt(app).jobs._store.close()
        with app.app_context():
            app.config["SESSION_SQLALCHEMY"].engine.dispose()
