"""Gives espeak-ng's phones the times of another program's phones; for `lessons`.

flite and festival name their own phones; a voice is to be driven by espeak-ng's, so both readings of the same
sentence are aligned by edit distance, where like phones are cheap to match.
"""

from collections.abc import Sequence

import numpy as np

from app.audio.espeak import Phone

_ARPABET = {
    "aa": "ɑː", "ae": "æ", "ah": "ʌ", "ao": "ɔː", "aw": "aʊ", "ax": "ə", "ay": "aɪ", "eh": "ɛ", "er": "ɚ",
    "ey": "eɪ", "ih": "ɪ", "iy": "iː", "ow": "oʊ", "oy": "ɔɪ", "uh": "ʊ", "uw": "uː", "hh": "h", "th": "θ",
    "dh": "ð", "sh": "ʃ", "zh": "ʒ", "ch": "tʃ", "jh": "dʒ", "ng": "ŋ", "y": "j", "r": "ɹ", "g": "ɡ",
}  # fmt: skip
_RUSSIAN = {
    "a": "ʌ", "aa": "a", "ae": "ɪ", "ay": "ʌ", "e": "ɛ", "ee": "e", "i": "ɪ", "ii": "i", "oo": "o", "u": "u",
    "uu": "u", "ur": "u", "y": "y", "yy": "y", "c": "ts", "ch": "tʃʲ", "sch": "ɕ", "sh": "ʃ", "zh": "ʒ",
    "h": "x", "hh": "xʲ", "g": "ɡ", "gg": "ɡʲ", "l": "ɭ", "ll": "lʲ",
}  # fmt: skip
_VOWELS = set("aeiouyæɑɐəɚɛɜɪɔɵʊʌᵻ")
_SKIP = 0.7


def aligned(target: Sequence[Phone], timed: Sequence[Phone], language: str) -> tuple[Phone, ...]:
    """Return the phones of `target` with the times of `timed`, which are in the engine's own alphabet."""
    names = [_ipa(phone.symbol, language) for phone in timed]
    n, m = len(target), len(timed)
    cost = np.zeros((n + 1, m + 1))
    cost[:, 0] = _SKIP * np.arange(n + 1)
    cost[0, :] = _SKIP * np.arange(m + 1)
    match = np.array([[_difference(a.symbol, b) for b in names] for a in target])
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost[i, j] = min(
                cost[i - 1, j - 1] + match[i - 1, j - 1], cost[i - 1, j] + _SKIP, cost[i, j - 1] + _SKIP
            )
    taken: list[list[int]] = [[] for _ in target]  # the timed phones that each target phone got
    i, j = n, m
    while i and j:
        if np.isclose(cost[i, j], cost[i - 1, j - 1] + match[i - 1, j - 1]):
            i, j = i - 1, j - 1
            taken[i].append(j)
        elif np.isclose(cost[i, j], cost[i - 1, j] + _SKIP):
            i -= 1
        else:
            j -= 1
    return _spread(target, timed, [got[0] if got else None for got in taken])


def _spread(
    target: Sequence[Phone], timed: Sequence[Phone], taken: Sequence[int | None]
) -> tuple[Phone, ...]:
    """Start each matched phone where its partner starts; the unmatched share the room before the next."""
    starts: list[float | None] = [None if j is None else timed[j].start for j in taken]
    starts[0] = timed[0].start if starts[0] is None or taken[0] != 0 else starts[0]
    edges = [*starts, timed[-1].end]
    known = [i for i, edge in enumerate(edges) if edge is not None]
    filled = np.interp(range(len(edges)), known, [edges[i] or 0.0 for i in known])
    return tuple(
        Phone(phone.symbol, float(filled[i]), float(filled[i + 1]), phone.begins_word)
        for i, phone in enumerate(target)
    )


def _ipa(symbol: str, language: str) -> str:
    if language == "en":
        return _ARPABET.get(symbol, symbol)
    if symbol in _RUSSIAN:
        return _RUSSIAN[symbol]
    return symbol[0] + "ʲ" if len(symbol) == 2 and symbol[0] == symbol[1] else symbol


def _difference(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if not one or not other:
        return 2.0
    if one.rstrip("ʲː") == other.rstrip("ʲː"):
        return 0.2
    vowels = (one[0] in _VOWELS) + (other[0] in _VOWELS)
    return {2: 0.5, 1: 2.0, 0: 0.9}[vowels]
