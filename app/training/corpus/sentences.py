"""What the generated corpus says: the project's own sentences, split for training, validation and test."""

from pathlib import Path

import numpy as np

from app.training.corpus.voices import SPLITS, Split

SHARES = {"train": 0.74, "valid": 0.08, "test": 0.18}  # of the sentences
_FOLDER = Path(__file__).parent / "texts"


def sentences(language: str, seed: int = 0) -> dict[Split, list[tuple[str, str]]]:
    """Split the project's sentences of a language: (id, text) by split."""
    lines = (_FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    order = np.random.default_rng([seed, 1]).permutation(len(lines))
    bounds = np.cumsum([round(SHARES[split] * len(lines)) for split in SPLITS[:-1]])
    return {
        split: [(f"{language}{i:03d}", lines[i]) for i in sorted(part)]
        for split, part in zip(SPLITS, np.split(order, bounds), strict=True)
    }


def more_sentences(language: str) -> list[tuple[str, str]]:
    """Return the sentences for training alone: voices that synthesis learns need more words."""
    lines = (_FOLDER / f"{language}-more.txt").read_text(encoding="utf-8").splitlines()
    return [(f"{language}m{i:03d}", line) for i, line in enumerate(lines)]
