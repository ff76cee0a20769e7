"""The checkpoints that come with the program: the speech lab's own nets under `models/`."""

from pathlib import Path

from app.config import Config
from app.config.home import shipped

_WITH_THE_PROGRAM = shipped("models")


def folder(config: Config, name: str) -> Path:
    """Return where a net's weights are: in `models_dir` if it holds them, else those that came along."""
    own = config.models_dir / name
    return own if (own / "weights.safetensors").is_file() else _WITH_THE_PROGRAM / name


def voice_folders(config: Config) -> tuple[Path, ...]:
    """Return where the nets that read aloud are: the program's, then the user's in `models_dir/voices`."""
    own = sorted(path.parent for path in (config.models_dir / "voices").glob("*/weights.safetensors"))
    return folder(config, "synthesis"), *own
