"""Which engine makes vectors of sound, and how it gets its weights."""

import json
from collections.abc import Callable
from pathlib import Path

from app.config import Config
from app.engines.base import Embedder
from app.engines.compute.device import Device
from app.engines.weights.catalogue import CATALOGUE
from app.engines.weights.fetch import fetch
from app.engines.weights.sources import Weights
from app.errors import N_, EngineUnavailable
from app.progress import Progress

KINDS = frozenset({"wav2vec2", "hubert", "wavlm", "unispeech", "unispeech-sat", "data2vec-audio"})
_WEIGHTS = ("model.safetensors", "pytorch_model.bin", "model.safetensors.index.json")
_CATALOGUED = {"wav2vec2-large-xlsr-53-russian": "wav2vec2-xlsr-53-russian"}


def choose(config: Config) -> str:
    """Return the key in EMBEDDERS of what the settings and the weights come to.

    auto: wav2vec2 where a model is there or may be fetched, else log-mel statistics.
    """
    if config.embedder != "auto":
        return config.embedder
    return "wav2vec2" if find(config) or _fetchable(config) else "logmel"


def missing_model(config: Config) -> Weights | None:
    """Return the model to fetch for vectors of speech. None: one is here, or statistics were chosen."""
    if config.embedder != "auto" or choose(config) != "logmel":
        return None
    return CATALOGUE["wav2vec2-xlsr-53-russian"]


def find(config: Config) -> Path | None:
    """Return the folder of the model that the settings name, else of the first of its class."""
    named = [config.models_dir / config.wav2vec2_model, config.models_dir / _bare(config)]
    others = sorted(path for path in config.models_dir.glob("*") if path.is_dir())
    return next((folder for folder in (*named, *others) if is_model(folder)), None)


def is_model(folder: Path) -> bool:
    """Tell, without loading it, whether a folder holds a wav2vec2-class model."""
    try:
        kind = json.loads((folder / "config.json").read_bytes())["model_type"]
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return kind in KINDS and any((folder / name).is_file() for name in _WEIGHTS)


def fetch_missing(name: str, config: Config, progress: Progress) -> None:
    """Bring the weights where they are missing, published, and small enough to fetch unasked.

    Raises:
        EngineUnavailable: the server does not answer, or sends something else.
    """
    if name == "wav2vec2" and find(config) is None and (weights := _fetchable(config)):
        fetch(weights, config.models_dir, progress, config.disk_reserve_bytes, config.weights_mirror)


def _fetchable(config: Config) -> Weights | None:
    weights = CATALOGUE.get(_CATALOGUED.get(_bare(config), ""))
    return weights if weights and weights.size_bytes <= config.max_fetch_bytes else None


def _bare(config: Config) -> str:
    return config.wav2vec2_model.rpartition("/")[2]


def _wav2vec2(config: Config, device: Device) -> Embedder:
    from app.engines.wav2vec2.embedder import Wav2Vec2

    folder = find(config)
    if folder is None:
        raise EngineUnavailable(
            N_("There is no wav2vec2 model in %(folder)s. Get one: %(command)s"),
            folder=str(config.models_dir),
            command=CATALOGUE["wav2vec2-xlsr-53-russian"].command,
        )
    return Wav2Vec2(folder, device, config.wav2vec2_batch_s, config.wav2vec2_precision)


def _logmel(config: Config, device: Device) -> Embedder:
    from app.engines.logmel import LogMel

    return LogMel()


EMBEDDERS: dict[str, Callable[[Config, Device], Embedder]] = {"wav2vec2": _wav2vec2, "logmel": _logmel}
