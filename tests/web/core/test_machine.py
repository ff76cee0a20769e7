from pathlib import Path

import psutil
import pytest

from app.engines.compute.device import Device
from app.web.core import machine as looked_at
from app.web.core.machine import machine


def test_memory_is_what_the_system_says(tmp_path: Path) -> None:
    found = machine(Device("cpu"), 3, tmp_path / "not-there")
    assert (found.kind, found.gpu, found.n_cores) == ("cpu", None, 3)
    assert found.total_bytes == psutil.virtual_memory().total
    assert found.program_bytes
    assert 0.5 < found.program_bytes / psutil.Process().memory_info().rss < 2
    assert found.disk_free_bytes > 0
    assert found.gpu_free_bytes is None


def test_a_gpu_is_named_by_its_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "0000:01:00.0").mkdir()
    (tmp_path / "0000:01:00.0/information").write_text("Model: \t\t NVIDIA H200\nIRQ: 7\n")
    monkeypatch.setattr(looked_at, "_GPUS", tmp_path)
    assert machine(Device("cuda"), 0, tmp_path).gpu == "NVIDIA H200"


def test_a_system_that_tells_nothing_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_STATUS", "_MEMINFO"):
        monkeypatch.setattr(looked_at, name, tmp_path / "none")
    found = machine(Device("mps"), 0, tmp_path)
    assert (found.program_bytes, found.total_bytes) == (None, None)
