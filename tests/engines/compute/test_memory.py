import subprocess
import sys
from pathlib import Path

import pytest

from app.engines.compute.memory import free_bytes, give_back

FAULTS = """
import resource, sys, threading
from app.engines.compute.memory import keep_freed
if sys.argv[1] == "kept":
    keep_freed()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def work():
    bytearray(72 * 2**20)[::4096] = b"1" * 18432
    before = faults()
    for _ in range(5):
        bytearray(72 * 2**20)[::4096] = b"1" * 18432
    print(faults() - before)
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


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


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own")
def test_memory_of_a_large_array_is_used_again_by_the_next() -> None:
    def page_faults(how: str) -> int:
        command = [sys.executable, "-c", FAULTS, how]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    assert page_faults("kept") < 1000
    assert page_faults("mapped anew") > 50_000  # else the policy is glibc's own by now
