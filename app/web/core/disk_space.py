"""The disk while files arrive: looked at now and then, and told in the user's words when it is full."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import N_, StorageFull

CHECK_EVERY_BYTES = 16 * 2**20  # how much is written between two looks at the free space
DISK_FULL = N_("The disk of the server is full. Please try again later.")


def look_at_the_disk(folder: Path, reserve_bytes: int) -> None:
    """Raise StorageFull where less is free than must stay so."""
    if shutil.disk_usage(folder).free < reserve_bytes:
        raise StorageFull(DISK_FULL)


@contextmanager
def full_disk_as_storage_full() -> Iterator[None]:
    """Raise StorageFull for what the system says when nothing more can be written."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(DISK_FULL) from error
        raise
