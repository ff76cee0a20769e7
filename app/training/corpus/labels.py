"""Labels of a folder like LJSpeech's: written by `flask lab label`, corrected and accepted on /lab/labels.

    metadata.csv   name|as it was heard|as it was corrected
    accepted.txt   names of the recordings whose label a person has accepted

Once a label is accepted, trainings learn from accepted ones alone.
"""

import csv
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from app.audio.atomic import atomic_write
from app.errors import N_, BadInput, NotFound

_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Label:
    """heard: as the transcriber had it; text: what trainings read."""

    name: str
    heard: str
    text: str
    accepted: bool = False


def read_labels(folder: Path) -> list[Label]:
    """Return the labels of a corpus in the order of its table; [] where it has none."""
    table, accepted = folder / "metadata.csv", accepted_names(folder)
    if not table.exists():
        return []
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter="|", quoting=csv.QUOTE_NONE) if len(row) > 1]
    return [Label(row[0], row[1], row[-1], row[0] in accepted) for row in rows]


def accepted_names(folder: Path) -> set[str]:
    """Return the names of the recordings whose label was accepted."""
    path = folder / "accepted.txt"
    return set(path.read_text(encoding="utf-8").splitlines()) if path.exists() else set()


def write_labels(folder: Path, labels: Iterable[Label]) -> None:
    """Write the table and what is accepted, each whole or not at all."""
    found = list(labels)
    with atomic_write(folder / "metadata.csv") as part:
        lines = (f"{label.name}|{one_line(label.heard)}|{one_line(label.text)}\n" for label in found)
        part.write_text("".join(lines), encoding="utf-8", newline="")
    with atomic_write(folder / "accepted.txt") as part:
        part.write_text("".join(f"{label.name}\n" for label in found if label.accepted), encoding="utf-8")


def accept(folder: Path, name: str, text: str) -> Label:
    """Keep a label as a person has read it over. Raises NotFound, and BadInput where it is empty."""
    said = one_line(text)
    if not any(letter.isalnum() for letter in said):
        raise BadInput(N_("The label is empty. Write what is said, or take the recording out of the folder."))
    with _ONE_AT_A_TIME:
        labels = read_labels(folder)
        place = next((i for i, label in enumerate(labels) if label.name == name), None)
        if place is None:
            raise NotFound(N_("There is no such recording in this corpus."))
        labels[place] = replace(labels[place], text=said, accepted=True)
        write_labels(folder, labels)
        return labels[place]


def one_line(text: str) -> str:
    """Return a text that keeps to its column."""
    return " ".join(text.replace("|", " ").split())


def sound_of(folder: Path, name: str) -> Path:
    """Return the recording that a label is of. Raises NotFound."""
    path = folder / "wavs" / f"{name}.wav"
    if name not in {label.name for label in read_labels(folder)} or not path.exists():
        raise NotFound(N_("There is no such recording in this corpus."))
    return path
