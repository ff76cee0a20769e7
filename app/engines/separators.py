"""The engines that clean speech, and which of them is used."""

from collections.abc import Callable

from app.config import Config
from app.engines.base import Separator
from app.engines.device import Device


def choose(config: Config) -> str:
    """Return the key of SEPARATORS that `separator` asks for; auto: Demucs."""
    return "demucs" if config.separator == "auto" else config.separator


def _demucs(config: Config, device: Device) -> Separator:
    from app.engines.demucs import Demucs, DemucsOptions

    options = DemucsOptions(config.demucs_overlap, config.demucs_batch, config.demucs_precision)
    return Demucs(config.demucs_model, config.models_dir / "demucs", device, options)


SEPARATORS: dict[str, Callable[[Config, Device], Separator]] = {"demucs": _demucs}
