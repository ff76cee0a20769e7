"""The checkpoints that come with the program: the speech lab's own nets under `models/`."""

from pathlib import Path

from app.config import Config

_WITH_THE_PROGRAM = Path(__file__).parents[3] / "models"


def folder(config: Config, name: str) -> Path:
    """Return where a net's weights are: in `models_dir` if it holds them, else those that came along."""
    own = config.models_dir / name
    return own if (own / "weights.safetensors").is_file() else _WITH_THE_PROGRAM / name
