"""Limits of the settings on what one recording may cost, for whoever probes or decodes one."""

from app.audio.limits import Limits
from app.config import Config


def limits_of(config: Config) -> Limits:
    return Limits(config.max_duration_s, config.disk_reserve_bytes)
