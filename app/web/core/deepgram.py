"""What Deepgram's live and pre-recorded API have in common: parameters of the address, words."""

from collections.abc import Mapping
from typing import Any

from app.documents.transcript import Word
from app.errors import BadInput
from app.web.core import languages
from app.web.core.foreign_requests import NOT_DONE

HOW_IT_HEARS = (  # what hears here has its own ways: it always punctuates, and knows no tiers
    *("model", "version", "tier", "punctuate", "smart_format", "filler_words"),
    *("tag", "extra", "mip_opt_out", "language_hint"),
)


def is_on(asked: Mapping[str, str], name: str) -> bool:
    """Read a switch. Raises BadInput for what is neither true nor false."""
    written = asked.get(name, "false").lower()
    if written not in ("true", "false"):
        raise BadInput(NOT_DONE, name=name)
    return written == "true"


def spoken_language(asked: Mapping[str, str]) -> str:
    """Return the code of the language that is asked for, English where none is, as Deepgram does."""
    language = asked.get("language", "auto" if is_on(asked, "detect_language") else "en")
    return languages.chosen("auto" if language == "multi" else language)


def wants_speakers(asked: Mapping[str, str]) -> bool:
    return is_on(asked, "diarize") or bool(asked.get("diarize_model"))


def told_word(word: Word, doubtful: bool, speaker: str | None) -> dict[str, Any]:
    """Write a word; where the engine tells no probability, it is 1, or 0 in what it doubts as a whole."""
    unsaid = 0.0 if doubtful else 1.0
    shown = word.text.strip()
    told = {
        "word": shown.strip('.,!?:;…"«»()').lower() or shown,
        "start": word.start,
        "end": word.end,
        "confidence": unsaid if word.probability is None else word.probability,
        "punctuated_word": shown,
    }
    number = speaker_number(speaker)
    return told if number is None else {**told, "speaker": number}


def speaker_number(speaker: str | None) -> int | None:
    """Count voices from 0, as Deepgram does; None: it is not known whose voice it is."""
    number = (speaker or "").rpartition(" ")[2]
    return int(number) - 1 if number.isdigit() else None


def confidence_of(words: list[dict[str, Any]]) -> float:
    """Return how sure all of these words are together."""
    return round(sum(word["confidence"] for word in words) / len(words), 4) if words else 0.0
