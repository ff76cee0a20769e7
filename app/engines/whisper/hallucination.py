"""Notice when a recognizer loops: “!!!!”, one phrase over and over, one line to the end of the file."""

import math
import re
import zlib
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from app.documents.transcript import Segment

MAX_COMPRESSION = 2.4  # openai-whisper's own threshold: text that shrinks more repeats itself
# Repeats in a row, by the words of the phrase, that people do not say: “yes, yes, yes” they do
MAX_REPEATS = {1: 5, 2: 4, 3: 3, 4: 3}
MAX_LINES, MAX_SHORT_LINES = 2, 4  # equal lines in a row; short: of one or two words
MAX_TOKENS_PER_S = 15.0  # more than anybody speaks


def is_looping(text: str) -> bool:
    """Tell whether a text repeats itself as nobody speaks, or has no words at all."""
    words = re.findall(r"\w+", text.lower())
    if not words:
        return bool(text.strip())
    if re.search(r"(\w)\1{9}", text) or re.search(r"([^\w\s.])\1{4}", text):
        return True
    if _compression(text) > MAX_COMPRESSION:
        return True
    return any(
        _most_repeats(words, n) > MAX_REPEATS.get(n, 2) for n in range(1, min(12, len(words) // 3) + 1)
    )


def most_tokens(speech_s: float) -> int:
    """Return how many tokens a window has room for."""
    return 20 + math.ceil(MAX_TOKENS_PER_S * speech_s)


def is_too_fast(n_tokens: int, speech_s: float) -> bool:
    """Tell whether there are more tokens than the speech has room for."""
    return n_tokens >= most_tokens(speech_s)


def collapse(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Make one doubtful segment of a line that is repeated as nobody speaks.

    What people do say twice, or a short answer a few times, stays as it is.
    """
    collapsed: list[Segment] = []
    for line, group in groupby(segments, key=lambda segment: _line(segment.text)):
        run = list(group)
        most = MAX_SHORT_LINES if len(line.split()) <= 2 else MAX_LINES
        if line and len(run) > most:
            collapsed.append(replace(run[0], end=run[-1].end, doubtful=True))
        else:
            collapsed.extend(run)
    return tuple(collapsed)


def shorten(text: str) -> str:
    """Show a loop as two rounds and an ellipsis."""
    return re.sub(r"(\S(?:.{0,78}?\S)?)(\s*\1){3,}", r"\1\2…", text)


def _line(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _compression(text: str) -> float:
    data = text.encode()
    return len(data) / len(zlib.compress(data))


def _most_repeats(words: list[str], n: int) -> int:
    """Count how often a phrase of `n` words follows itself without a break, at most."""
    most = run = n
    for i in range(n, len(words)):
        run = run + 1 if words[i] == words[i - n] else n
        most = max(most, run)
    return most // n
