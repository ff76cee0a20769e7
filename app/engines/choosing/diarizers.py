"""What tells speakers apart, and how it gets its weights. There is one engine, so there is no setting."""

from app.config import Config
from app.engines.compute.device import Device
from app.engines.diarization import Diarizer
from app.engines.weights.diarization import CAMPPLUS, DIARIZATION, SEGMENTATION
from app.engines.weights.fetch import fetch
from app.errors import N_, EngineUnavailable
from app.progress import Progress


def fetch_missing(config: Config, progress: Progress) -> None:
    """Bring the weights where they are missing and may be fetched unasked.

    Raises:
        EngineUnavailable: they are not here and may not be fetched, or no source has them.
    """
    if DIARIZATION.present(config.models_dir):
        return
    if DIARIZATION.size_bytes > config.max_fetch_bytes:
        raise EngineUnavailable(
            N_("The weights for it are not here. Get them: %(command)s"), command=DIARIZATION.command
        )
    fetch(DIARIZATION, config.models_dir, progress, config.disk_reserve_bytes, config.weights_mirror)


def load(config: Config, device: Device) -> Diarizer:
    from app.engines.speakers.diarizer import NetDiarizer

    return NetDiarizer(config.models_dir / SEGMENTATION, config.models_dir / CAMPPLUS, device)
