"""The versions of a corrected recording: what each sitting changed, and how an earlier one comes back.

A version is kept every time that somebody pauses, so those that follow each other closely are one sitting. To
bring one back is a change like any other: it is added to the journal, and nothing that was written is lost.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.documents.corrections import Line, Lines, lines_of, with_changes
from app.documents.minutes import Minutes, in_full
from app.pipeline.change import Change
from app.pipeline.corrections import JOURNAL, Saved, read_journal
from app.pipeline.minutes_history import history
from app.pipeline.recording import Recording

PAUSE = timedelta(minutes=5)  # whoever comes back after it begins another sitting


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line before and after; None where it was not there."""

    before: Line | None
    after: Line | None

    @property
    def start(self) -> float:
        line = self.after or self.before
        assert line, "a change is of something"
        return line.start


@dataclass(frozen=True, slots=True)
class Version:
    """What came of one sitting.

    number: of its last version, by which it comes back; lines: in the order of the recording.
    minutes_before, minutes_after: what they say, one text each; the same where nobody touched them.
    """

    number: int
    began: datetime
    ended: datetime
    lines: tuple[LineChange, ...]
    minutes_before: tuple[str, ...]
    minutes_after: tuple[str, ...]

    @property
    def minutes_changed(self) -> bool:
        return self.minutes_before != self.minutes_after


def versions(recording: Recording, name: Callable[[str], str] = str) -> list[Version]:
    """Return the sittings of a recording as its stages left it, newest first; name: of a voice."""
    journal = read_journal(recording.folder / JOURNAL)
    lines: Lines = journal.base or {}
    minutes = [one.minutes for one in history([one.change for one in journal.saved], recording.minutes)]
    found = []
    for number, sitting in _sittings(journal.saved, lines):
        was, minutes_were = lines, minutes[number - len(sitting)]
        lines = _after(lines, sitting)
        keys = [key for key in was.keys() | lines.keys() if was.get(key) != lines.get(key)]
        changes = sorted(
            (LineChange(was.get(key), lines.get(key)) for key in keys), key=lambda one: one.start
        )
        texts = (texts_of(minutes_were, name), texts_of(minutes[number], name))
        found.append(Version(number, sitting[0].at, sitting[-1].at, tuple(changes), *texts))
    return [one for one in reversed(found) if one.lines or one.minutes_changed]


def change_back(recording: Recording, number: int) -> tuple[int, Change] | None:
    """Return the present version, and the change to what was after version `number`; 0: as it was heard.

    None: there is no such version.
    """
    journal = read_journal(recording.folder / JOURNAL)
    if not 0 <= number <= len(journal.saved) or recording.transcript is None:
        return None
    base = journal.base or lines_of(recording.transcript)
    now, then = _after(base, journal.saved), _after(base, journal.saved[:number])
    changed = {key: then.get(key) for key in now.keys() | then.keys() if now.get(key) != then.get(key)}
    minutes = history([one.change for one in journal.saved], recording.minutes)[number]
    if minutes.of_stage and minutes.minutes == recording.minutes and not minutes.own:
        return len(journal.saved), Change(changed, drop_minutes=True)
    return len(journal.saved), Change(changed, minutes.minutes, own=tuple(sorted(minutes.own)))


def texts_of(minutes: Minutes | None, name: Callable[[str], str] = str) -> tuple[str, ...]:
    """Return what minutes say as texts to be compared, in the order in which people read them."""
    if minutes is None:
        return ()
    topics = [text for one in minutes.topics for text in (one.title, *(point.text for point in one.points))]
    items = [
        " · ".join(
            part
            for part in (in_full(item), item.who and name(item.who), item.by_when, "✓" if item.done else "")
            if part
        )
        for item in minutes.action_items
    ]
    return (
        *(point.text for point in minutes.summary),
        *map(in_full, minutes.decisions),
        *items,
        *topics,
    )


def _sittings(saved: tuple[Saved, ...], lines: Lines) -> Iterator[tuple[int, tuple[Saved, ...]]]:
    """Yield each sitting with the number of its last version.

    A speaker's new name is one of its own, and so are minutes written anew: what they replace stays in sight.
    """
    begun, alone = 0, []
    now: dict[int, Line | None] = dict(lines)
    for version in saved:
        alone.append(version.change.replaced is not None or _renames(now, version.change))
        now.update(version.change.lines)
    for number in range(1, len(saved) + 1):
        ends = number == len(saved) or alone[number - 1] or alone[number]
        if ends or saved[number].at - saved[number - 1].at > PAUSE:
            yield number, saved[begun:number]
            begun = number


def _renames(lines: Mapping[int, Line | None], change: Change) -> bool:
    """Tell whether a change gives several lines to another speaker and does nothing else."""
    if len(change.lines) < 2 or change.minutes or change.drop_minutes:
        return False
    both = ((lines.get(key), line) for key, line in change.lines.items())
    return all(
        was and line and was.speaker != line.speaker and replace(was, speaker=line.speaker) == line
        for was, line in both
    )


def _after(lines: Lines, saved: tuple[Saved, ...]) -> Lines:
    """Return the lines after some versions."""
    changes: dict[int, Line | None] = {}
    for one in saved:
        changes.update(one.change.lines)
    return with_changes(lines, changes)
