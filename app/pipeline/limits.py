"""What one recording may cost, as the settings say; whoever decodes or probes a recording asks here."""

from app.audio.limits import Limits
from app.config import Config


def limits_of(config: Config) -> Limits:
    return Limits(config.max_duration_s, config.disk_reserve_bytes)
