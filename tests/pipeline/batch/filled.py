"""A journal with vectors in it, as a run leaves it."""

from pathlib import Path

import numpy as np

from app.engines.base import Embedding
from app.errors import BadInput
from app.pipeline.batch.journal import Facts, opened

FACTS = Facts(0.5, 2.0, 1, 16000, "an engine", "pca")


def vector(seed: int) -> Embedding:
    return Embedding(np.random.default_rng(seed).standard_normal(4).astype(np.float32), "an engine", "pca")


def fill(folder: Path, n: int = 3) -> None:
    with opened(folder) as journal:
        for number in range(n):
            journal.add(vector(number), f"url {number}", FACTS)
        journal.fail("bad", BadInput("404"))
