"""Which engine does what: a dict literal per role, and the record that hands them to the pipeline."""

from typing import Protocol

from app.engines.base import Progress, Summarizer, Transcriber, VoiceDetector
from app.engines.device import Device


class Engines(Protocol):
    """What stages ask for an engine. Engines are loaded on first use, once, and shared."""

    device: Device

    def voice_detector(self) -> VoiceDetector: ...

    def transcriber(self, language: str, progress: Progress) -> Transcriber:
        """Choose for a language ("auto" or ISO 639-1), fetching weights if that is allowed.

        Raises UnsupportedLanguage or EngineUnavailable with the command that helps.
        """
        ...

    def summarizer(self, language: str | None, progress: Progress) -> Summarizer: ...
