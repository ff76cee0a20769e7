"""What rules hear for sure joins what the model finds: a rule knows the very sentence, who and by when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.summarization.cues.assignments import Assignment
from app.summarization.cues.decisions import Decision

CERTAIN = (
    0.5  # probability of the best sentence of an item that no rule hears (tuned on the development half)
)

_NEAR = 2  # sentences between two wordings of one decision


@dataclass(frozen=True, slots=True)
class Heard:
    """An item that rules hear. number: of its sentence; text: its words; last: the one that settles it."""

    number: int
    text: str
    last: int
    who: str | None = None
    by_when: str | None = None


def heard_decision(one: Decision) -> Heard:
    return Heard(one.first, one.text, one.number)


def heard_assignment(one: Assignment) -> Heard:
    return Heard(one.number, one.text, one.number, one.who, one.by_when)


def joined(
    spans: Sequence[Sequence[int]], heard: Sequence[Heard], likely: Sequence[float], *, one_each: bool
) -> list[tuple[list[int], Heard | None]]:
    """Return the sentences of each item with what the rules hear in it, in order.

    spans: the items that the model finds. one_each: what rules hear close together in one of them is said
    twice («Принято. Итак, берём архив»), and the longer is taken; else it is as many items.
    """
    found: list[tuple[list[int], Heard | None]] = []
    left = list(heard)
    for span in spans:
        inside = [one for one in left if {one.number, one.last} & set(span)]
        left = [one for one in left if one not in inside]
        inside = _longest(inside) if one_each else inside
        if not inside and max(likely[n] for n in span) >= CERTAIN:
            found.append((list(span), None))
        for one, after in zip(inside, [*inside[1:], None], strict=False):
            begins = 0 if one is inside[0] else one.number
            ends = len(likely) if after is None else after.number
            own = {n for n in span if begins <= n < ends} | {one.number, one.last}
            found.append((sorted(own), one))
    found += [(sorted({one.number, one.last}), one) for one in left]
    return sorted(found, key=lambda item: item[1].number if item[1] else item[0][0])


def _longest(heard: Sequence[Heard]) -> list[Heard]:
    kept: list[Heard] = []
    for one in heard:
        if kept and one.number - kept[-1].last <= _NEAR:
            kept[-1] = max(kept[-1], one, key=lambda each: len(each.text))
        else:
            kept.append(one)
    return kept


def as_one(
    found: Sequence[tuple[list[int], Heard | None]], continues: Callable[[int, int], bool]
) -> list[tuple[list[int], Heard | None]]:
    """Join each item with the next where that only goes on with it: a request and its promise are one.

    continues: tells so of the last sentence of an item and the first of the next.
    """
    result: list[tuple[list[int], Heard | None]] = []
    for span, one in found:
        if result and continues(result[-1][0][-1], span[0]):
            before, was = result[-1]
            if not was or not one or None in (was.by_when, one.by_when) or was.by_when == one.by_when:
                result[-1] = (sorted({*before, *span}), _completed(was, one))
                continue
        result.append((span, one))
    return result


def _completed(one: Heard | None, other: Heard | None) -> Heard | None:
    if one is None or other is None:
        return one or other
    return replace(one, last=other.last, who=one.who or other.who, by_when=one.by_when or other.by_when)
