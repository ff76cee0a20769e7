"""Joins the sentences that belong to one item: proposal and acceptance, request and promise."""

from collections.abc import Sequence

from app.summarization.acts.linear import Models
from app.summarization.cues.context import Context

_WIDE = 4  # sentences from one to the next of an item
LEAST = 0.3  # probability with which a sentence belongs to an item (tuned on the development half)


def pair_features(
    context: Context, features: Sequence[frozenset[str]], one: int, other: int
) -> frozenset[str]:
    """Return the features of two sentences that may belong to one item, the first before the second."""
    gap = f"gap {min(_WIDE, other - one)}"
    said = {f"A {f}" for f in features[one] if f[0] == "0"} | {
        f"B {f}" for f in features[other] if f[0] == "0"
    }
    speakers = context.sentences[one].speaker, context.sentences[other].speaker
    by = "unknown" if speakers[0] is None else "same" if speakers[0] == speakers[1] else "other"
    shared = min(2, len(set(context.stems[one]) & set(context.stems[other])))
    opened = any(context.opens(n) for n in range(one + 1, other + 1))
    return frozenset({gap, by, f"shared {shared}", f"opened {opened}"} | said | {f"{gap} {f}" for f in said})


def spans(
    context: Context, features: Sequence[frozenset[str]], likely: Sequence[float], models: Models
) -> list[list[int]]:
    """Return the numbers of the sentences of each item, in order; likely: that each belongs to one."""
    found: list[list[int]] = []
    for n in (n for n, one in enumerate(likely) if one >= LEAST):
        last = found[-1][-1] if found else -_WIDE - 1
        if n - last <= _WIDE and models.same.probability(pair_features(context, features, last, n)) >= 0.5:
            found[-1].append(n)
        else:
            found.append([n])
    return found
