"""Realistic meetings with what their minutes must hold; their README says how a file is read."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.documents.transcript import Segment, Transcript

FOLDER = Path(__file__).parent / "summarization" / "meetings"
_SPEAKER = re.compile(r"([^\W\d_]+(?: [^\W\d_]+)?): ")
_MARKS = re.compile(r"\s*\{([\w ]+)\}$")


@dataclass(frozen=True)
class Expected:
    """A decision or an assignment as a person would write it; `segments`: the indexes of its sources."""

    text: str
    segments: frozenset[int]
    who: str | None = None
    by_when: str | None = None


@dataclass(frozen=True)
class Meeting:
    name: str
    transcript: Transcript
    recorded: date | None
    summary: tuple[str, ...]
    decisions: tuple[Expected, ...]
    actions: tuple[Expected, ...]
    author: str | None = None  # None: of the first, with whose meetings the rules were made

    @property
    def language(self) -> str:
        assert self.transcript.language is not None
        return self.transcript.language


def meeting(name: str, half: str = "development") -> Meeting:
    head, _, body = (FOLDER / half / f"{name}.txt").read_text("utf-8").partition("---\n")
    fields = [line.partition(": ")[::2] for line in head.splitlines()]
    segments, sources = list[Segment](), dict[str, set[int]]()
    at = 0.0
    for number, line in enumerate(body.splitlines()):
        marks = _MARKS.search(line)
        for mark in marks[1].split() if marks else ():
            sources.setdefault(mark, set()).add(number)
        said = line[: marks.start()] if marks else line
        speaker = _SPEAKER.match(said)
        text = said[speaker.end() :] if speaker else said
        length = 0.4 * len(text.split()) + 0.3
        segments.append(Segment(at, at + length, text, speaker[1] if speaker else None))
        at = round(at + length + 0.4, 2)
    decisions, actions = list[Expected](), list[Expected]()
    for key, value in fields:
        kind, _, mark = key.partition(" ")
        if kind == "decision":
            decisions.append(Expected(value, frozenset(sources[mark])))
        elif kind == "assignment":
            who, when, what = (None if part == "-" else part for part in value.split(" | "))
            assert what is not None
            actions.append(Expected(what, frozenset(sources[mark]), who, when))
    known = dict(fields)
    return Meeting(
        name,
        Transcript(tuple(segments), known["language"], "test", at),
        date.fromisoformat(known["recorded"]) if "recorded" in known else None,
        tuple(value for key, value in fields if key == "summary"),
        tuple(decisions),
        tuple(actions),
        known.get("author"),
    )


def meetings(half: str = "development") -> list[str]:
    return sorted(path.stem for path in (FOLDER / half).glob("*.txt"))
