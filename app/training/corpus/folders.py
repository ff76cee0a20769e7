"""Reads a corpus from its folder: one of ours, or one like LJSpeech's or VCTK's."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import soundfile

from app.audio.espeak import Phone
from app.errors import N_, BadInput
from app.training.corpus.labels import read_labels
from app.training.corpus.sentences import SHARES
from app.training.corpus.utterance import Utterance
from app.training.corpus.voices import Split


def load_corpus(folder: Path) -> list[Utterance]:
    """Read a generated corpus, or a folder like LJSpeech's (metadata.csv) or VCTK's (txt/, wav48…/)."""
    if (folder / "manifest.jsonl").exists():
        return list(_load_manifest(folder))
    if (folder / "metadata.csv").exists():
        return list(_load_ljspeech(folder))
    if (folder / "txt").is_dir():
        return list(_load_vctk(folder))
    raise BadInput(
        N_("%(folder)s is no corpus: it holds neither manifest.jsonl nor metadata.csv nor txt/."),
        folder=str(folder),
    )


def _load_manifest(folder: Path) -> Iterator[Utterance]:
    for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Utterance(**{**row, "phones": tuple(Phone(**phone) for phone in row["phones"])})


def _load_ljspeech(folder: Path) -> Iterator[Utterance]:
    labels = read_labels(folder)
    checked = [label for label in labels if label.accepted]
    for label in checked or labels:
        yield _found(folder, folder / "wavs" / f"{label.name}.wav", folder.name, label.text)


def _load_vctk(folder: Path) -> Iterator[Utterance]:
    wavs = next(
        (folder / name for name in ("wav48_silence_trimmed", "wav48", "wavs") if (folder / name).is_dir()),
        folder,
    )
    for script in sorted((folder / "txt").glob("*/*.txt")):
        takes = sorted((wavs / script.parent.name).glob(f"{script.stem}*"))
        if takes:
            yield _found(folder, takes[0], script.parent.name, script.read_text(encoding="utf-8").strip())


def _found(folder: Path, path: Path, speaker: str, text: str) -> Utterance:
    """Split by hashes, so that a corpus that grows keeps its splits."""
    russian = any("а" <= letter <= "я" for letter in text.lower())
    return Utterance(
        path.relative_to(folder).as_posix(),
        speaker,
        speaker,
        "ru" if russian else "en",
        text,
        _hashed_split(speaker),
        _hashed_split(text),
        round(soundfile.info(path).duration, 3),
    )


def _hashed_split(key: str) -> Split:
    place = int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 2**32
    if place < SHARES["train"]:
        return "train"
    return "valid" if place < SHARES["train"] + SHARES["valid"] else "test"
