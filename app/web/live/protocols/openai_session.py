"""The session of OpenAI's Realtime API: what a client sets, and what of it holds here."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.engines.choosing.transcribers import AUTO
from app.errors import N_, BadInput
from app.live.endpointing import SILENCE_S
from app.live.packets import SoundFormat
from app.web.core import languages, models
from app.web.core.foreign_requests import NOT_DONE
from app.web.live.protocols.base import Opening
from app.web.live.protocols.json_message import NO_OBJECT, sound_of

RATE_HZ = 24_000  # OpenAI's only one
LIVE_MODELS = ("gpt-realtime-whisper",)  # beside the names for files
TRANSCRIBES_ONLY = N_("This server has sessions of the type transcription only.")
PCM_ONLY = N_("The format must be audio/pcm.")


def new_id(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(10)}"


@dataclass(frozen=True, slots=True)
class TranscriptionSession:
    """What holds. finds_turns: the pauses of the speech make items, else the client's commits."""

    id: str = field(default_factory=lambda: new_id("sess"))
    rate_hz: int = RATE_HZ
    model: str = "whisper-1"
    language: str = "auto"
    finds_turns: bool = True

    def opening(self) -> Opening:
        return Opening(SoundFormat(self.rate_hz), self.language)

    def updated(self, asked: object) -> "TranscriptionSession":
        """Return the session with what a client changes. Raises BadInput for what cannot be."""
        asked = _object(asked)
        if asked.get("type", "transcription") != "transcription":
            raise BadInput(TRANSCRIBES_ONLY)
        if asked.get("include"):
            raise BadInput(NOT_DONE, name="include")
        sound = _object(_object(asked.get("audio")).get("input"))
        changed = self
        if form := _object(sound.get("format")):
            if form.get("type", "audio/pcm") != "audio/pcm":
                raise BadInput(PCM_ONLY)
            changed = replace(changed, rate_hz=sound_of(form.get("rate", RATE_HZ)).sample_rate)
        if transcription := _object(sound.get("transcription")):
            model = str(transcription.get("model", changed.model))
            if model not in LIVE_MODELS and models.asked(model) != AUTO:
                raise BadInput(NOT_DONE, name="model")  # one that is here, but does not hear live streams
            language = languages.chosen(str(transcription.get("language") or "auto"))
            changed = replace(changed, model=model, language=language)
        if "turn_detection" in sound:
            changed = replace(changed, finds_turns=sound["turn_detection"] is not None)
        return changed

    def as_told(self) -> dict[str, Any]:
        """Return the session as it holds: what a client wished beyond it is not in it."""
        turns = {"type": "server_vad", "threshold": 0.5, "silence_duration_ms": round(SILENCE_S * 1000)}
        return {
            "type": "transcription",
            "object": "realtime.transcription_session",
            "id": self.id,
            "audio": {
                "input": {
                    "format": {"type": "audio/pcm", "rate": self.rate_hz},
                    "transcription": {
                        "model": self.model,
                        "language": None if self.language == "auto" else self.language,
                    },
                    "noise_reduction": None,
                    "turn_detection": turns if self.finds_turns else None,
                }
            },
            "include": None,
        }


def _object(value: object) -> Mapping[str, Any]:
    """Return an object; what is not there is empty. Raises BadInput."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadInput(NO_OBJECT)
    return value
