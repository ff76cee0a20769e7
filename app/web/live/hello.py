"""The first message of a live stream."""

import json
from dataclasses import dataclass
from typing import Literal

from app.audio.waveform import SPEECH_RATE_HZ
from app.errors import N_, BadInput
from app.live.packets import SAMPLE_BYTES, SoundFormat
from app.web.core import languages
from app.web.core.context import konspekt

RATES = range(8_000, 192_001)
CHANNELS = range(1, 9)


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message. recording, from_s: which kept stream goes on, and where."""

    sound: SoundFormat
    language: str
    keep: bool = False
    recording: str | None = None
    from_s: float = 0.0
    mode: Literal["live", "file"] = "live"


def read_hello(message: object) -> Hello:
    """Read the first message, or raise BadInput."""
    try:
        wish = json.loads(message) if isinstance(message, str) else None
    except ValueError:
        wish = None
    if not isinstance(wish, dict):
        raise BadInput(N_("The first message must be a JSON object; see docs/live.md."))
    rate, channels = wish.get("sample_rate", SPEECH_RATE_HZ), wish.get("channels", 1)
    kind, language = wish.get("format", "s16le"), wish.get("language", "auto")
    mode = wish.get("mode", "live")
    if mode not in ("live", "file"):
        raise BadInput(N_("mode must be live or file."))
    if type(rate) is not int or rate not in RATES:
        raise BadInput(N_("sample_rate must be between 8000 and 192000."))
    if type(channels) is not int or channels not in CHANNELS:
        raise BadInput(N_("channels must be between 1 and 8."))
    if kind not in SAMPLE_BYTES:
        raise BadInput(N_("format must be s16le or f32le."))
    keep, recording, from_s = wish.get("keep", False), wish.get("recording"), wish.get("from", 0)
    if type(keep) is not bool or not isinstance(recording, str | None):
        raise BadInput(N_("keep must be true or false, and recording what “ready” named."))
    if type(from_s) not in (int, float) or not 0 <= from_s <= konspekt().config.max_duration_s:
        raise BadInput(N_("from must be seconds, at most as long as a recording may be."))
    sound = SoundFormat(rate, channels, kind)
    return Hello(sound, languages.chosen(str(language)), keep, recording, float(from_s), mode)
