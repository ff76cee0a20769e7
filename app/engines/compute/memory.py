"""What memory there is, so that engines choose batches that fit, and give back what they have done with."""

import ctypes
import sys
from functools import cache
from pathlib import Path

# Of glibc's malloc.h
TRIM_THRESHOLD, MMAP_MAX, ARENA_MAX = -1, -4, -8
KEPT_BYTES = 2**28


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


def keep_freed() -> None:
    """Have this process use freed memory again, and keep up to KEPT_BYTES of it until `give_back`.

    By itself glibc maps an array above 32 MB anew each time and has the kernel clear it: with the attention
    of Whisper base, 72 MB a layer, that is a quarter of what encoding costs on a CPU.
    """
    option = _glibc("mallopt")
    if option is not None:
        option(ARENA_MAX, 1)  # a thread's own arena takes no array above 64 MB
        option(MMAP_MAX, 0)
        option(TRIM_THRESHOLD, KEPT_BYTES)


def give_back() -> None:
    """Return freed memory to the system: glibc keeps it, and keeps more with each other shape."""
    trim = _glibc("malloc_trim")
    if trim is not None:
        trim(0)


@cache
def _glibc(name: str) -> "ctypes._NamedFuncPointer | None":
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
