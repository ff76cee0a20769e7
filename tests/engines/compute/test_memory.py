import sys
from pathlib import Path

import pytest

from app.engines.compute.memory import free_bytes, give_back


def test_some_of_the_memory_of_this_machine_is_free() -> None:
    assert 2**20 < free_bytes("cpu") < 2**45


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own")
def test_freed_memory_goes_back_to_the_system() -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    held = [bytes(60_000) for _ in range(2000)]  # each too small for a mapping of its own
    last = held[-1]
    before = resident()
    del held
    give_back()
    assert resident() < before - 60 * 2**20
    assert len(last) == 60_000
