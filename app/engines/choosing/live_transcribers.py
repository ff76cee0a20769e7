"""Which engine hears live streams: the one on the same model as the transcriber of recordings."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.engines.base import LiveTranscriber
from app.engines.compute.device import Device

if TYPE_CHECKING:
    from app.engines.pocketsphinx.transcriber import PocketSphinxTranscriber
    from app.engines.whisper.transcriber import WhisperTranscriber


def _faster_whisper(transcriber: "WhisperTranscriber", device: Device) -> LiveTranscriber:
    from app.engines.whisper.live import WhisperLive

    return WhisperLive(transcriber.model, transcriber.name, device, width=5)


def _whisper(transcriber: "WhisperTranscriber", device: Device) -> LiveTranscriber:
    from app.engines.whisper.live import WhisperLive

    return WhisperLive(transcriber.model, transcriber.name, device)


def _pocketsphinx(transcriber: "PocketSphinxTranscriber", device: Device) -> LiveTranscriber:
    from app.engines.pocketsphinx.live import PocketSphinxLive

    return PocketSphinxLive()


# By the keys of TRANSCRIBERS; each is given what that one loads.
LIVE_TRANSCRIBERS: dict[str, Callable[[Any, Device], LiveTranscriber]] = {
    "faster-whisper": _faster_whisper,
    "whisper": _whisper,
    "pocketsphinx": _pocketsphinx,
}
