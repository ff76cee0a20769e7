"""What memory there is, so that engines choose batches that fit, and give back what they have done with."""

import ctypes
import sys
from functools import cache
from pathlib import Path


def free_bytes(device: str) -> int:
    """Return what is free now on `device`, torch's name of it."""
    import torch

    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        for row in Path("/proc/meminfo").read_text("ascii").splitlines():
            if row.startswith("MemAvailable:"):
                return int(row.split()[1]) * 1024
    except OSError:
        pass
    return 8 * 2**30  # macOS and Windows do not say it so simply


def give_back() -> None:
    """Return freed memory to the system: glibc keeps it, and keeps more with each other shape."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> "ctypes._NamedFuncPointer | None":
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
