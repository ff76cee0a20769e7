"""The engines that clean speech, which of them is used, and how it gets its weights."""

from collections.abc import Callable

from app.config import Config
from app.engines.compute.device import Device
from app.engines.sound import Separator
from app.engines.weights import bundled
from app.engines.weights.catalogue import CATALOGUE
from app.engines.weights.fetch import fetch
from app.progress import Progress

GPU_BATCH = 8  # segments; where memory is too little, the engine halves it


def choices(config: Config) -> tuple[str, ...]:
    """Return the keys of SEPARATORS to try in turn; auto: Demucs, else our own, which needs no download."""
    return ("demucs", "repair") if config.separator == "auto" else (config.separator,)


def fetch_missing(name: str, config: Config, progress: Progress) -> None:
    """Bring the weights where they are missing, published, and small enough to fetch unasked.

    Raises:
        EngineUnavailable: the server does not answer, or sends something else.
    """
    if name != "demucs":
        return
    weights = CATALOGUE.get(f"{name}-{config.demucs_model}")
    if weights is None or weights.size_bytes > config.max_fetch_bytes or _present(config):
        return
    fetch(weights, config.models_dir, progress, config.disk_reserve_bytes, config.weights_mirror)


def missing(config: Config) -> str | None:
    """Return the command that gets the weights, if they are neither here nor fetched when they are needed."""
    if "repair" in choices(config):
        return None  # it came with the program
    weights = CATALOGUE.get(f"demucs-{config.demucs_model}")
    if weights is None or weights.size_bytes <= config.max_fetch_bytes or _present(config):
        return None
    return weights.command


def uses_demucs(config: Config) -> bool:
    """Tell whether Demucs would clean a recording now, with weights that are here."""
    return "demucs" in choices(config) and _present(config)


def _present(config: Config) -> bool:
    """Tell whether there is a file of the sub-model that makes the vocals, under any name Demucs gives it."""
    from app.engines.demucs.checkpoint import find, signatures
    from app.engines.demucs.vocal_nets import VOCALS

    names, shares = signatures(config.demucs_model)
    needed = [name for i, name in enumerate(names) if shares is None or shares[i][VOCALS]]
    return all(find(config.models_dir / "demucs", name) for name in needed)


def _demucs(config: Config, device: Device) -> Separator:
    from app.engines.demucs.separator import Demucs, DemucsOptions

    batch = config.demucs_batch or (1 if device.name == "cpu" else GPU_BATCH)
    options = DemucsOptions(config.demucs_overlap, batch, config.demucs_precision)
    return Demucs(config.demucs_model, config.models_dir / "demucs", device, options)


def _repair(config: Config, device: Device) -> Separator:
    from app.engines.repair import Repair

    return Repair(bundled.folder(config, "repair"), device)


SEPARATORS: dict[str, Callable[[Config, Device], Separator]] = {"demucs": _demucs, "repair": _repair}
