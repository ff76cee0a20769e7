"""Messages of JSON, for the adapters: an object, and the form of the sound that it tells."""

import json
from typing import Any

from app.errors import N_, BadInput
from app.live.packets import SoundFormat

NO_OBJECT = N_("The message must be a JSON object.")
RATE = N_("The sample rate must be a number between 8000 and 192000.")
CHANNELS = N_("There may be 1 to 8 channels.")
RATES_HZ = (8_000, 192_000)
MAX_CHANNELS = 8


def read_object(message: object) -> dict[str, Any]:
    """Return the object that a text message holds, or raise BadInput."""
    try:
        found = json.loads(message) if isinstance(message, str) else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadInput(NO_OBJECT)
    return found


def sound_of(rate_hz: object, channels: object = 1, float_samples: bool = False) -> SoundFormat:
    """Return the form of samples that come as numbers say. Raises BadInput."""
    if isinstance(rate_hz, bool) or not isinstance(rate_hz, int | float):
        raise BadInput(RATE)
    if not (RATES_HZ[0] <= rate_hz <= RATES_HZ[1] and rate_hz == int(rate_hz)):
        raise BadInput(RATE)
    if isinstance(channels, bool) or not isinstance(channels, int) or not 1 <= channels <= MAX_CHANNELS:
        raise BadInput(CHANNELS)
    return SoundFormat(int(rate_hz), channels, "f32le" if float_samples else "s16le")
