"""Realistic meetings with what their minutes must hold, read from tests/engines/meetings/*.txt.

A file: `language:`, then `decision:` and `action: who | by when | words` lines ("-" for nobody), "---",
then a segment a line, "Speaker: text" where the speakers are known.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from app.documents.transcript import Segment, Transcript

FOLDER = Path(__file__).with_name("meetings")


@dataclass(frozen=True)
class Meeting:
    name: str
    transcript: Transcript
    decisions: tuple[str, ...]
    actions: tuple[tuple[str | None, str | None, str], ...]


def meeting(name: str) -> Meeting:
    head, _, body = (FOLDER / f"{name}.txt").read_text("utf-8").partition("---\n")
    fields = [line.partition(": ")[::2] for line in head.splitlines() if not line.startswith("#")]
    segments = []
    at = 0.0
    for line in body.splitlines():
        speaker = re.match(r"([^\W\d_]+): ", line)
        text = line[speaker.end() :] if speaker else line
        length = 0.4 * len(text.split()) + 0.3
        segments.append(Segment(at, at + length, text, speaker[1] if speaker else None))
        at = round(at + length + 0.4, 2)
    actions = []
    for who, when, words in (value.split(" | ") for key, value in fields if key == "action"):
        actions.append((None if who == "-" else who, None if when == "-" else when, words))
    language = dict(fields)["language"]
    return Meeting(
        name,
        Transcript(tuple(segments), language, "test", at),
        tuple(value for key, value in fields if key == "decision"),
        tuple(actions),
    )


def meetings() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.txt"))
