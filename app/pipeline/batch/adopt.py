"""Take over results that stand in a folder without their journal, rather than write over them."""

import json

import numpy as np

from app.engines.base import Embedding
from app.errors import N_, Conflict
from app.pipeline.batch.exports import PROCESS, VECTORS
from app.pipeline.batch.journal import Facts, Journal


def adopt(journal: Journal) -> int:
    """Put what `audio_vectors.json` holds into a journal that is new; return how many vectors that were.

    Raises:
        Conflict: the file is not ours, or nothing says what made its vectors.
    """
    path = journal.folder / f"{VECTORS}.json"
    if len(journal) or not path.exists():
        return 0
    try:
        vectors = json.loads(path.read_text("utf-8"))
        process = json.loads((journal.folder / PROCESS).read_text("utf-8")) if vectors else {}
        for key, matrix in vectors.items():
            facts = Facts(**process[key])
            vector = np.array(matrix, np.float32).reshape(-1)
            journal.add(Embedding(vector, facts.engine, facts.pooling), key, facts)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise Conflict(
            N_("%(path)s was not made by this program. Move it, or choose another folder."), path=str(path)
        ) from error
    return len(journal)
