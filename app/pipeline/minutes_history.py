"""What the minutes of a recording were after each version of it, and which of their sections are a person's.

The stage's own minutes stand in its artifact. Where they are written anew, those of before stand in the
journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.documents.minutes import SECTIONS, Minutes
from app.pipeline.change import Change


@dataclass(frozen=True, slots=True)
class MinutesThen:
    """own: the SECTIONS in which a person has written since; of_stage: they stand as the stage wrote them."""

    minutes: Minutes | None
    own: frozenset[str] = frozenset()
    of_stage: bool = True


def history(changes: Sequence[Change], written: Minutes | None) -> list[MinutesThen]:
    """Return the minutes before all versions and after each; written: as the stage has left them."""
    stages = _of_the_stage(changes, written)
    found = [MinutesThen(stages[0])]
    made = stages[0]  # from which a person's changes went out: language, engine and remarks are theirs
    for change, by_stage in zip(changes, stages[1:], strict=True):
        before = found[-1]
        if change.drop_minutes:
            made = by_stage or before.minutes
            kept = before.own - frozenset(change.anew) if change.anew else frozenset()
            found.append(MinutesThen(made, kept))
        elif change.minutes is not None and change.own is not None:
            made = change.minutes
            found.append(MinutesThen(made, frozenset(change.own), of_stage=False))
        elif change.minutes is not None:
            own = before.own | differing(before.minutes, change.minutes)
            found.append(MinutesThen(_with_own_remarks(change.minutes, made), own, of_stage=False))
        else:
            found.append(before)
    return found


def differing(one: Minutes | None, other: Minutes) -> frozenset[str]:
    """Return the SECTIONS in which minutes differ."""
    if one is None:
        return frozenset(SECTIONS)
    return frozenset(name for name, field in SECTIONS.items() if getattr(one, field) != getattr(other, field))


def _of_the_stage(changes: Sequence[Change], written: Minutes | None) -> list[Minutes | None]:
    """Return what the stage had written when each version was saved, with that before all at the front."""
    found = [written]
    for change in reversed(changes):
        found.append(change.replaced or found[-1])
    return found[::-1]


def _with_own_remarks(edited: Minutes, made: Minutes | None) -> Minutes:
    """Take from people what they edit. Remarks are templates of gettext, which could break every page."""
    if made is None:
        return replace(edited, dropped=0, remarks=())
    return replace(
        edited,
        language=made.language,
        engine=made.engine,
        dropped=made.dropped,
        remarks=made.remarks,
        written_in=made.written_in,
    )
