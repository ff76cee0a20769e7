"""Whisper's engines on a checkpoint, put together as app/engines/choosing does."""

from pathlib import Path

from app.engines.compute.device import Device
from app.engines.whisper.ctranslate2_model import CTranslate2Whisper
from app.engines.whisper.live import WhisperLive
from app.engines.whisper.openai_model import OpenAIWhisper
from app.engines.whisper.transcriber import WhisperTranscriber


def transcriber(path: Path, name: str, device: Device, quality: str = "fast") -> WhisperTranscriber:
    """Load a checkpoint of openai-whisper's, or a folder of CTranslate2's."""
    if path.is_dir():
        model = CTranslate2Whisper(path, device.name, threads=1)
        return WhisperTranscriber(model, f"faster-whisper {name}", device, quality)
    return WhisperTranscriber(OpenAIWhisper(path, device.name), f"openai-whisper {name}", device, quality)


def live_on(engine: WhisperTranscriber, device: Device) -> WhisperLive:
    return WhisperLive(engine.model, engine.name, device)
