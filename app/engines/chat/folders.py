"""Which folders hold a chat model that transformers can load, seen without importing torch."""

import json
from pathlib import Path
from typing import Any

_WEIGHTS = ("model.safetensors", "pytorch_model.bin")


def missing(folder: Path) -> str | None:
    """Return what a folder lacks to be a chat model, or None if it lacks nothing."""
    config = _json(folder / "config.json")
    if config is None:
        return "config.json"
    architectures = config.get("architectures") or []
    if not any(str(name).endswith("ForCausalLM") for name in architectures):
        return "a …ForCausalLM architecture in config.json"
    if not (folder / "tokenizer.json").is_file():
        return "tokenizer.json"
    return _missing_weights(folder)


def find(models_dir: Path, name: str = "auto") -> Path | None:
    """Return the folder of a chat model: the named one, or the first that lacks nothing."""
    if name != "auto":
        folder = models_dir / name
        return folder if missing(folder) is None else None
    if not models_dir.is_dir():
        return None
    folders = sorted(path for path in models_dir.iterdir() if path.is_dir())
    return next((folder for folder in folders if missing(folder) is None), None)


def _missing_weights(folder: Path) -> str | None:
    for name in _WEIGHTS:
        if (folder / name).is_file():
            return None
        index = _json(folder / f"{name}.index.json")
        if index is not None:
            shards = sorted({str(shard) for shard in index.get("weight_map", {}).values()})
            return next((shard for shard in shards if not (folder / shard).is_file()), None)
    return " / ".join(_WEIGHTS)


def _json(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None
