"""Limits: what `probe` and `decode` may spend on one recording. They come from the settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings of `Config` that reading a recording must respect; the defaults are its defaults."""

    max_duration_s: float = 8 * 3600
    disk_reserve_bytes: int = 2 * 2**30
