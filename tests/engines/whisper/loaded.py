"""Whisper's engines on a checkpoint, put together as app/engines/choosing does."""

from pathlib import Path

from app.engines.compute.device import Device
from app.engines.whisper.live import WhisperLive
from app.engines.whisper.openai_model import OpenAIWhisper
from app.engines.whisper.transcriber import WhisperTranscriber


def transcriber(path: Path, name: str, device: Device) -> WhisperTranscriber:
    return WhisperTranscriber(OpenAIWhisper(path, device.name), f"openai-whisper {name}", device)


def live_on(engine: WhisperTranscriber, device: Device) -> WhisperLive:
    return WhisperLive(engine.model, engine.name, device)
