"""BatchProgress: how many records of a batch are done, failed and left out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is, of the records that this run was asked for."""

    total: int
    done: int
    failed: int
    skipped: int

    @property
    def ended(self) -> int:
        return self.done + self.failed + self.skipped
