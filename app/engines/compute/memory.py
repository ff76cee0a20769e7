"""How much memory is free on a device, so that engines choose batches and precisions that fit."""

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
