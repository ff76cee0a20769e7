"""What engines keep their work in, so that one that was killed goes on: a state, or batches of results."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T", bound=np.generic)


class RecordCheckpoint(Protocol):
    """Keeps records of one piece of work in their order."""

    def records(self) -> Iterator[bytes]: ...

    def add(self, record: bytes) -> None: ...


class StateCheckpoint(Protocol):
    """Keeps the latest state of a computation, so that one that was killed goes on."""

    @property
    def is_due(self) -> bool:
        """Whether it is time to keep a state again."""
        ...

    def latest(self) -> bytes | None: ...

    def replace(self, record: bytes) -> None: ...


class KeptBatches:
    """Computes batches in a fixed order; those that an earlier run has kept it takes from there."""

    def __init__(self, checkpoint: RecordCheckpoint | None) -> None:
        self._checkpoint = checkpoint
        self._left = checkpoint.records() if checkpoint else iter(())

    def take(self, compute: Callable[[], npt.NDArray[T]]) -> npt.NDArray[T]:
        """Return the next batch, computed only where it is not kept."""
        record = next(self._left, None)
        if record is not None:
            kept: npt.NDArray[Any] = np.load(BytesIO(record), allow_pickle=False)
            return kept
        made = compute()
        if self._checkpoint:
            file = BytesIO()
            np.save(file, made)
            self._checkpoint.add(file.getvalue())
        return made


NOTHING_KEPT = KeptBatches(None)
