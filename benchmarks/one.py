"""One module in a process of its own, `python -m benchmarks.one`, which its caller reads and may end.

Its figures go to a pipe of their own, so that a module may print what it likes.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.rounds import VARIABLE

TOP = Path(__file__).parent.parent
COMMAND = (sys.executable, "-m", "benchmarks.one")
SHORT_S, LONG_S = 600.0, 4 * 3600.0  # then it is ended with all that it has started


class NotWholeError(Exception):
    """The module was ended, or ended by itself, before it had measured everything; args: why."""


def measured(name: str, *, long: bool) -> Iterator[float | Figure]:
    """Yield how many minutes a module takes on two busy cores, then its figures as they come.

    Raises:
        NotWholeError: after the figures that there are.
    """
    reading, writing = os.pipe()
    environment = os.environ | ({VARIABLE: "1"} if long else {})
    command = [*COMMAND, name, str(writing)]
    limit_s, began = (LONG_S if long else SHORT_S), time.monotonic()
    process = subprocess.Popen(command, cwd=TOP, env=environment, pass_fds=[writing], start_new_session=True)
    os.close(writing)
    clock = threading.Timer(limit_s, _end, [process])
    clock.daemon = True
    clock.start()
    try:
        with os.fdopen(reading, encoding="utf-8") as lines:
            for line in lines:
                told = json.loads(line)
                yield Figure(**told) if isinstance(told, dict) else told
        status = process.wait()
    finally:
        clock.cancel()
        _end(process)
    if time.monotonic() - began >= limit_s:
        raise NotWholeError(f"ended after {limit_s / 60:.0f} minutes; --long has no such limit")
    if status:
        raise NotWholeError(f"it failed with status {status}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it and the servers that it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _tell(name: str, pipe: int) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    with os.fdopen(pipe, "w", encoding="utf-8") as figures:
        print(json.dumps(module.TAKES_MIN), file=figures, flush=True)
        for figure in module.measure():
            print(json.dumps(asdict(figure)), file=figures, flush=True)


if __name__ == "__main__":
    _tell(sys.argv[1], int(sys.argv[2]))
