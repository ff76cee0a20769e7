"""The real program as a process of its own: `python run.py` in an empty folder on a free port."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import requests

TOP = Path(__file__).parent.parent
QUIET = {"port": 0, "disk_reserve_bytes": 0, "max_fetch_bytes": 0, "compute_threads": 1}


class RunningServer:
    """Start the program in `folder` and wait until it prints its address.

    Args:
        folder: its working directory, which gets uploads/, results/, data/ and models/.
        settings: names without the KONSPEKT_ prefix, in lower case.
    """

    program: Sequence[str] = (str(TOP / "run.py"),)

    def __init__(self, folder: Path, **settings: str | int | float) -> None:
        self.folder = folder
        self.settings = {**QUIET, **settings}
        self.log: list[str] = []
        self.start()

    def start(self) -> None:
        """Start it, the first time or again after it ended."""
        # its home is the folder, so a developer's own settings stay out
        env = {name: value for name, value in os.environ.items() if not name.startswith("KONSPEKT_")}
        env["KONSPEKT_HOME"] = str(self.folder)
        env["PYTHONPATH"] = str(TOP)  # for a program that is a module
        env |= {f"KONSPEKT_{name.upper()}": str(value) for name, value in self.settings.items()}
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, *self.program],
            cwd=self.folder,
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self._read_log, args=(self.process.stderr,), daemon=True)
        self._reader.start()
        self.url = self.process.stdout.readline().strip()
        if not self.url.startswith("http://"):
            self.process.wait(10)
            raise RuntimeError(f"the server did not start: {self.url}\n" + "".join(self.log))

    def _read_log(self, stream: object) -> None:
        self.log.extend(stream)  # type: ignore[call-overload]

    def get(self, path: str, **options: object) -> requests.Response:
        return requests.get(self.url + path, timeout=60, **options)  # type: ignore[arg-type]

    def wait_until_ready(self, timeout_s: float = 60) -> None:
        deadline = time.monotonic() + timeout_s
        while self.get("/ready").status_code != 200:
            assert time.monotonic() < deadline, self.get("/ready").text
            time.sleep(0.05)

    def took_s(self) -> float:
        """Return the seconds since its start, less those for which its threads waited for a core."""
        return time.monotonic() - self.started_at - _waited_for_a_core_s(self.process.pid)

    def stop(self, how: signal.Signals = signal.SIGTERM, timeout_s: float = 30) -> int:
        """Ask it to end; return its exit status."""
        self.process.send_signal(how)
        return self._ended(timeout_s)

    def kill(self) -> None:
        """End it and all its children as `kill -9` does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self._ended(60)

    def _ended(self, timeout_s: float) -> int:
        status = self.process.wait(timeout_s)
        self._reader.join(60)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return status

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        ended = self.process.poll()
        if ended is None:
            self.kill()
        if error is not None:
            print("".join(self.log), f"\nthe server {'ran' if ended is None else f'had ended: {ended}'}")


def _waited_for_a_core_s(group: int) -> float:
    """Sum what the threads of a process group have waited for a core, which other programs had.

    Linux tells it as the second number, nanoseconds, of /proc/<pid>/task/<tid>/schedstat; elsewhere it is 0.
    """
    waited_ns = 0
    for process in psutil.process_iter():
        with contextlib.suppress(OSError, psutil.Error, IndexError):
            if os.getpgid(process.pid) == group:
                tasks = Path(f"/proc/{process.pid}/task").glob("*/schedstat")
                waited_ns += sum(int(task.read_text().split()[1]) for task in tasks)
    return waited_ns / 1e9
