"""What a window of speech was decoded to, and whether to believe it: for recordings and for live streams."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.engines.whisper.captions import is_credit, is_farewell
from app.engines.whisper.hallucination import is_looping, is_too_fast

TOKEN_S = 0.02  # between neighbouring timestamps
MIN_BURST, BURST_PER_S = 10, 25  # tokens of a line that nobody speaks so fast
BEYOND_S = 1.0  # by which the decoder may miss the end of a window
# openai-whisper's own thresholds for a window that went wrong
MIN_LOGPROB, MAX_NO_SPEECH = -1.0, 0.6
# Measured with Whisper base: pieces of real speech, noisy and far ones among them, stay below .7 or above -.5
# and have at least 1.2 words a second; what is written of silence, noise, tones and music does not.
SURELY_NO_SPEECH, SURE_LOGPROB = 0.7, -0.5
MIN_WORDS_PER_S = 0.6


@dataclass(frozen=True, slots=True)
class Line:
    """What is said between two timestamps of a window, which are in s.

    tokens: text only; open: the decoder did not say when it ends, or said a time after the window's
    end, so that `end` is the window's.
    """

    start: float
    end: float
    tokens: tuple[int, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class DecodedWindow:
    """A decoded window. logprob: mean over its tokens; no_speech: probability that nobody speaks."""

    text: str
    lines: tuple[Line, ...]
    tokens: tuple[int, ...]
    logprob: float
    no_speech: float


def without_inventions(heard: DecodedWindow, speech_s: float, prompt: str = "") -> DecodedWindow:
    """Take the text away where nobody speaks, whatever the model wrote.

    It says so itself, or it writes few words for much sound and is not sure of them or was told them.
    """
    unsure, silent = heard.logprob < MIN_LOGPROB, heard.no_speech > MAX_NO_SPEECH
    sparse = len(heard.text.split()) < MIN_WORDS_PER_S * speech_s
    invented = (
        (silent and (unsure or sparse))
        or (heard.no_speech > SURELY_NO_SPEECH and heard.logprob < SURE_LOGPROB)
        or (sparse and (unsure or is_credit(heard.text) or is_farewell(heard.text)))
        or (sparse and set(_words(heard.text)) <= set(_words(prompt)))
    )
    return replace(heard, text="", lines=()) if invented else heard


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def went_wrong(heard: DecodedWindow, speech_s: float) -> bool:
    """Tell whether a window looks like a loop or like garbage."""
    if not heard.lines:
        return False
    too_fast = is_too_fast(len(heard.tokens), speech_s) or any(
        len(line.tokens) > MIN_BURST + BURST_PER_S * (line.end - line.start) for line in heard.lines
    )
    return heard.logprob < MIN_LOGPROB or too_fast or is_looping(heard.text)


def split_lines(tokens: Sequence[int], timestamp_begin: int, duration_s: float) -> tuple[Line, ...]:
    """Cut what was decoded at its timestamps; a last line without its end lasts to the window's."""
    lines: list[Line] = []
    start, text = 0.0, []
    for token in tokens:
        if token < timestamp_begin:
            text.append(token)
            continue
        told = (token - timestamp_begin) * TOKEN_S
        at = min(told, duration_s)
        if text:
            lines.append(Line(start, at, tuple(text), open=told > duration_s + BEYOND_S))
        start, text = at, []
    return (*lines, Line(start, duration_s, tuple(text), open=True)) if text else tuple(lines)
