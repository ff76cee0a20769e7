"""What a window of speech was decoded to, and whether to believe it: for recordings and for live streams."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.engines.whisper.hallucination import is_looping, is_too_fast

TOKEN_S = 0.02  # between neighbouring timestamps
# openai-whisper's own thresholds for a window that went wrong
MIN_LOGPROB, MAX_NO_SPEECH = -1.0, 0.6


@dataclass(frozen=True, slots=True)
class Line:
    """What is said between two timestamps of a window, which are in s; tokens: text only."""

    start: float
    end: float
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DecodedWindow:
    """A decoded window. logprob: mean over its tokens; no_speech: probability that nobody speaks."""

    text: str
    lines: tuple[Line, ...]
    tokens: tuple[int, ...]
    logprob: float
    no_speech: float


def without_silence(heard: DecodedWindow) -> DecodedWindow:
    """Take the text away where the model itself says that nobody speaks, whatever it wrote."""
    silent = heard.no_speech > MAX_NO_SPEECH and heard.logprob < MIN_LOGPROB
    return replace(heard, text="", lines=()) if silent else heard


def went_wrong(heard: DecodedWindow, speech_s: float) -> bool:
    """Tell whether a window looks like a loop or like garbage."""
    if not heard.lines:
        return False
    too_fast = is_too_fast(len(heard.tokens), speech_s)
    return heard.logprob < MIN_LOGPROB or too_fast or is_looping(heard.text)


def split_lines(tokens: Sequence[int], timestamp_begin: int, duration_s: float) -> tuple[Line, ...]:
    """Cut what was decoded at its timestamps; a last line without its end lasts to the window's."""
    lines: list[Line] = []
    start, text = 0.0, []
    for token in [*tokens, timestamp_begin + math.ceil(duration_s / TOKEN_S)]:
        if token < timestamp_begin:
            text.append(token)
            continue
        at = min((token - timestamp_begin) * TOKEN_S, duration_s)
        if text:
            lines.append(Line(start, at, tuple(text)))
        start, text = at, []
    return tuple(lines)
