"""What people have corrected in a recording: a journal beside the artifacts, which stay as they are.

Its first line holds the lines of the transcript as they were when somebody first corrected it. Each line more
is one version: the lines that it changed, and the minutes where it changed them. It is there whole, or not.
"""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, TypeAdapter

from app.documents.corrections import Line, Lines, are_bearable, corrected, in_order, lines_of, with_changes
from app.documents.minutes import Minutes
from app.documents.speakers import names_given
from app.documents.transcript import Transcript
from app.documents.well_formed import well_formed_line
from app.errors import N_, StorageFull, TooLarge
from app.pipeline.change import Change
from app.pipeline.minutes_history import history
from app.pipeline.recording import Recording

JOURNAL = "corrections.jsonl"
FORMAT = 1
MAX_BYTES = 100 * 2**20
LONG_LINES = 500  # a recording of so many is read once for several answers
FULL = N_(
    "This recording has been changed too often. Download what you have made, and send the recording again."
)
TOO_MUCH = N_(
    "There would be more text than people can say in this time. Split or shorten it, and try again."
)

_saving = threading.Lock()


@dataclass(frozen=True, slots=True)
class Base:
    format: int
    lines: dict[int, Annotated[Line, AfterValidator(well_formed_line)]]


@dataclass(frozen=True, slots=True)
class Saved:
    at: datetime
    change: Change


@dataclass(frozen=True, slots=True)
class Corrections:
    """A recording as people have corrected it.

    version: how often that was saved; keys: of the segments of `recording.transcript`, in their order.
    own_sections: of SECTIONS of its minutes, those in which a person has written.
    """

    recording: Recording
    version: int
    keys: tuple[int, ...]
    own_sections: frozenset[str] = frozenset()

    @property
    def own_minutes(self) -> bool:
        return bool(self.own_sections)


_BASE = TypeAdapter(Base)
_SAVED = TypeAdapter(Saved)


@dataclass(frozen=True, slots=True)
class Journal:
    """What stands in the file. n_bytes: of its whole lines; a kill may have left a part of one more."""

    base: Lines | None
    saved: tuple[Saved, ...]
    n_bytes: int

    @property
    def lines(self) -> Lines:
        """The lines as they are now: those of all versions in one go, for there may be thousands of these."""
        changes: dict[int, Line | None] = {}
        for version in self.saved:
            changes.update(version.change.lines)
        return with_changes(self.base or {}, changes)


def as_heard(recording: Recording) -> Corrections:
    """Return a recording as its stages have left it, in the form of a corrected one."""
    n_lines = len(recording.transcript.segments) if recording.transcript else 0
    return Corrections(recording, 0, tuple(range(n_lines)))


def load(recording: Recording) -> Corrections:
    """Return what there is of a recording with all that people have corrected in it."""
    transcript = recording.transcript
    if transcript is None:
        return as_heard(recording)
    journal, lines, changed = _read_corrected(recording.folder / JOURNAL, transcript)
    if journal.base is None:
        return as_heard(recording)
    then = history([one.change for one in journal.saved], recording.minutes)[-1]
    named = _with_names(then.minutes, names_given(transcript, changed))
    shown = replace(recording, transcript=changed, minutes=named)
    return Corrections(shown, len(journal.saved), tuple(in_order(lines)), then.own)


@dataclass(frozen=True, slots=True)
class _Corrected:
    stamp: tuple[object, ...]
    heard: Transcript
    found: tuple[Journal, Lines, Transcript]


_latest: _Corrected | None = None  # of a long recording: its page asks for its words part by part


def _read_corrected(path: Path, heard: Transcript) -> tuple[Journal, Lines, Transcript]:
    """Return the journal, and the lines and the transcript that come of it."""
    global _latest
    try:
        stat = path.stat()
    except FileNotFoundError:
        return Journal(None, (), 0), {}, heard
    stamp, known = (path, stat.st_ino, stat.st_mtime_ns, stat.st_size), _latest
    if known and known.stamp == stamp and known.heard == heard:
        return known.found
    journal = read_journal(path)
    lines = journal.lines
    found = (journal, lines, corrected(heard, lines) if journal.base is not None else heard)
    if len(heard.segments) >= LONG_LINES:
        _latest = _Corrected(stamp, heard, found)
    return found


def asked_anew(recording: Recording) -> Change | None:
    """Return the change that asks for the minutes anew for the last time; None: nobody has."""
    saved = read_journal(recording.folder / JOURNAL).saved
    return next((one.change for one in reversed(saved) if one.change.replaced), None)


def _with_names(minutes: Minutes | None, names: Mapping[str, str]) -> Minutes | None:
    """Call who has something to do what people have called his voice."""
    if minutes is None or not names:
        return minutes
    items = [replace(item, who=names.get(item.who or "", item.who)) for item in minutes.action_items]
    return replace(minutes, action_items=tuple(items))


def save(recording: Recording, version: int, change: Change) -> Corrections | None:
    """Add a version after `version`. None: somebody else has added one meanwhile, and nothing is written.

    recording: as its stages have left it.

    Raises:
        TooLarge: there would be more text than people can say.
        StorageFull: there were very many changes.
        FileNotFoundError: the recording was deleted meanwhile.
    """
    path, transcript = recording.folder / JOURNAL, recording.transcript
    assert transcript is not None, "only what was written down can be corrected"
    with _saving:
        journal = read_journal(path)
        if len(journal.saved) != version:
            return None
        before = lines_of(transcript) if journal.base is None else journal.lines
        if not are_bearable(with_changes(before, change.lines), transcript.duration_s):
            raise TooLarge(TOO_MUCH)
        rows = [_SAVED.dump_json(Saved(datetime.now(UTC), change), exclude_defaults=True)]
        if journal.base is None:
            rows.insert(0, _BASE.dump_json(Base(FORMAT, before)))
        fresh = b"".join(row + b"\n" for row in rows)
        if journal.n_bytes + len(fresh) > MAX_BYTES:
            raise StorageFull(FULL)
        _append(path, journal.n_bytes, fresh)
    return load(recording)


def read_journal(path: Path) -> Journal:
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return Journal(None, (), 0)
    base: Lines | None = None
    saved: list[Saved] = []
    n_bytes = 0
    for line in lines:
        try:
            if not line.endswith(b"\n"):
                break
            if base is None:
                base = _BASE.validate_json(line).lines
            else:
                saved.append(_SAVED.validate_json(line))
        except ValueError:
            break
        n_bytes += len(line)
    return Journal(base, tuple(saved), n_bytes)


def _append(path: Path, whole_bytes: int, fresh: bytes) -> None:
    """Write after the last whole line, and be sure that it is on disk."""
    opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(opened, "rb+") as file:
        file.truncate(whole_bytes)
        file.seek(whole_bytes)
        file.write(fresh)
        file.flush()
        os.fsync(file.fileno())
