"""What models compute on, for people: its processors or GPU, the memory of the program, what is free."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from app.engines.compute.device import Device, cores

_GPUS = Path("/proc/driver/nvidia/gpus")
_STATUS, _MEMINFO = Path("/proc/self/status"), Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Machine:
    """What models compute on. Bytes are None where the system does not tell them.

    kind: "cpu", "cuda", "mps"; gpu: its name; n_cores: that models may use; program_bytes: resident memory of
    the program; gpu_free_bytes: known once something was computed on it.
    """

    kind: str
    gpu: str | None
    n_cores: int
    program_bytes: int | None
    free_bytes: int | None
    total_bytes: int | None
    gpu_free_bytes: int | None
    gpu_total_bytes: int | None
    disk_free_bytes: int


def machine(device: Device, compute_threads: int, models_dir: Path) -> Machine:
    """Look at the machine. Starts nothing on the device."""
    free, total = _gpu_memory(device)
    return Machine(
        kind=device.kind,
        gpu=_gpu_name() if device.kind == "cuda" else None,
        n_cores=cores(compute_threads),
        program_bytes=_kilobytes(_STATUS, "VmRSS"),
        free_bytes=_kilobytes(_MEMINFO, "MemAvailable"),
        total_bytes=_kilobytes(_MEMINFO, "MemTotal"),
        gpu_free_bytes=free,
        gpu_total_bytes=total,
        disk_free_bytes=shutil.disk_usage(models_dir if models_dir.is_dir() else os.curdir).free,
    )


def _kilobytes(path: Path, name: str) -> int | None:
    """Read a value of a file such as /proc/meminfo, in bytes."""
    try:
        lines = path.read_text("ascii", "replace").splitlines()
        line = next(line for line in lines if line.startswith(f"{name}:"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration, ValueError, IndexError):
        return None


def _gpu_name() -> str | None:
    for path in sorted(_GPUS.glob("*/information")):
        for line in path.read_text("utf-8", "replace").splitlines():
            if line.startswith("Model:"):
                return line.partition(":")[2].strip()
    return None


def _gpu_memory(device: Device) -> tuple[int | None, int | None]:
    """Ask torch, where something has loaded it and computes on the GPU already."""
    torch = sys.modules.get("torch")
    if torch is None or not device.name.startswith("cuda") or not torch.cuda.is_initialized():
        return None, None
    free, total = torch.cuda.mem_get_info(device.name)
    return int(free), int(total)
