"""What people want to know of weights before they fetch them: work, languages, licence, expected speed."""

import re
from dataclasses import dataclass
from typing import Literal

from app.engines.weights.chat_models import CHAT_MODELS
from app.engines.weights.sources import Weights

Work = Literal["transcribe", "summarize", "clean", "diarize", "vectorize"]

ENGLISH, RUSSIAN = frozenset({"en"}), frozenset({"ru"})
# Millions of numbers in each size of Whisper (model cards of openai/whisper). The work goes with them.
WHISPER_MILLIONS = {
    "tiny": 39,
    "base": 74,
    "small": 244,
    "medium": 769,
    "large-v1": 1550,
    "large-v2": 1550,
    "large-v3": 1550,
    "large-v3-turbo": 809,
}
# Seconds of one core for a second of speech, Whisper base as `balanced`: docs/recordings.md, in the forms
# of CTranslate2 and of torch
_BASE_COST = {"faster-whisper-": 23.4 / 300, "whisper-": 39.2 / 300}
_LLAMA = "Llama 3.1 Community"
_CHAT = {weights.name for weights in CHAT_MODELS}
_WHISPER = re.compile(r"(faster-whisper-|whisper-)(.+?)(\.en)?$")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of weights without having them.

    languages: ISO 639-1 codes; None: any that the model knows; licence: of the weights.
    expected_cost: seconds of one core for a second of sound; None: nothing was measured to reckon it
    from. engines: names under which it works.
    """

    work: Work
    languages: frozenset[str] | None
    licence: str
    engines: tuple[str, ...]
    expected_cost: float | None = None


def facts(weights: Weights) -> Facts:
    """Say what is known of an entry of the catalogue."""
    name = weights.name
    if found := _WHISPER.match(name):
        form, size, english = found.groups()
        cost = _BASE_COST[form] * WHISPER_MILLIONS[size] / WHISPER_MILLIONS["base"]
        model = f"{size}{english or ''}"
        engines = (f"openai-whisper {model}", *((f"faster-whisper {model}",) if form != "whisper-" else ()))
        return Facts("transcribe", ENGLISH if english else None, "MIT", engines, expected_cost=cost)
    if name in _CHAT:
        file = weights.files[0]
        engine = f"{file.name.removesuffix('.gguf')} (llama.cpp)"
        gguf = file.name.endswith(".gguf")
        return Facts(
            "summarize",
            ENGLISH | RUSSIAN,
            _LLAMA if name.startswith("llama") else "Apache-2.0",
            (engine,) if gguf else (f"Llama {name}",),
        )
    if name.startswith("demucs-"):
        return Facts("clean", None, "MIT", (f"Demucs {name.removeprefix('demucs-')}",))
    if name == "diarization":
        return Facts("diarize", None, "MIT, Apache-2.0", ("pyannote segmentation-3.0, CAM++",))
    return Facts("vectorize", RUSSIAN, "Apache-2.0", (f"wav2vec2 {weights.folder_name}",))
