"""A process with the real queue, made to be killed.

It says what it has done, each line only after the call has returned, and notes in a file, line by line, which
stages began and ended. With `kill_at` it kills itself at the first call of a function, before or after it;
with `hold` it stays in the middle of a stage until it is killed. It is a fork of a process that has imported
everything and done nothing.
"""

import importlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from app.config import Config
from app.engines.registry import Engines
from app.jobs.service import JobService
from app.jobs.store import JobStore
from app.pipeline import Stage
from app.pipeline.recording import Recording
from app.progress import Progress
from tests.jobs.acting import Acting, submit, wait_until_ended

CANCELLED = (
    threading.Event()
)  # in `live` "b" keeps the worker until then: "c" still waits when it is cancelled
CANCELLED.set()


def noted(stages: dict[str, Stage], log: Path, hold: str | None = None) -> dict[str, Stage]:
    """Let stages write to `log` when they begin and end, safe from a kill."""

    def write(*words: str) -> None:
        with log.open("a", encoding="utf-8") as file:
            file.write(" ".join(words) + "\n")

    def note(name: str, act: Stage) -> Stage:
        def stage(recording: Recording, engines: Engines, progress: Progress) -> Recording:
            write("begin", name, recording.name)
            if recording.name == "b":
                CANCELLED.wait(20)
            if name == hold:
                say("reached", name, recording.name)
                while True:
                    progress(0.5)
                    time.sleep(0.01)
            done = act(recording, engines, progress)
            write("end", name, recording.name)
            return done

        return stage

    return {name: note(name, act) for name, act in stages.items()}


def say(*words: str) -> None:
    _out.send(" ".join(words))


def kill_at(function: str, when: str) -> None:
    """Replace a function or method, named in full, by one that kills this process."""
    module_name, _, path = function.partition(":")
    holder: Any = importlib.import_module(module_name)
    *classes, name = path.split(".")
    for part in classes:
        holder = getattr(holder, part)
    original: Callable[..., Any] = getattr(holder, name)

    def deadly(*args: Any, **kwargs: Any) -> Any:
        if when == "after":
            original(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(holder, name, deadly)


def live(service: JobService) -> None:
    """Do once everything that can happen to jobs."""
    service.start()
    a = submit(service, "a")
    say("accepted", "a", a.id)
    wait_until_ended(service, a)
    say("done", "a", a.id)
    CANCELLED.clear()
    b, c = submit(service, "b"), submit(service, "c")
    say("accepted", "b", b.id)
    say("accepted", "c", c.id)
    service.cancel("anna", c.id)
    CANCELLED.set()
    say("cancelled", "c", c.id)
    ended = wait_until_ended(service, c)
    if ended.error is None and ended.status == "cancelled":
        service.retry("anna", c.id)
        say("accepted", "c", c.id)
    for name, job in (("b", b), ("c", c)):
        wait_until_ended(service, job)
        say("done", name, job.id)
    say("deleting", "a", a.id)
    service.delete("anna", a.id)
    say("sweeping", "b", b.id)
    say("sweeping", "c", c.id)
    service.janitor.sweep(datetime.now(UTC) + timedelta(days=2))
    service.stop()
    say("over")


def main(out: Connection, config: Config, hold: str | None, dies_at: tuple[str, str] | None) -> None:
    global _out
    _out = out
    store = JobStore(config)
    stages = noted(Acting().stages, config.data_dir / "stages.log", hold)
    if dies_at:
        kill_at(*dies_at)
    service = JobService(config, store, Acting().engines, stages)
    if hold:
        service.start()
        signal.pause()
    else:
        live(service)


_out: Connection  # to the test
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


class Child:
    """The process, from the test's side.

    Args:
        hold: a stage in whose middle it stays until it is killed.
        kill_at: a function, and whether it kills itself "before" or "after" its first call.
    """

    def __init__(
        self, config: Config, *, hold: str | None = None, kill_at: tuple[str, str] | None = None
    ) -> None:
        self._said, out = _forks.Pipe(duplex=False)
        self._process = _forks.Process(target=main, args=(out, config, hold, kill_at))
        self._process.start()
        out.close()

    def line(self) -> list[str]:
        """Return the words of the next line that it says."""
        said: str = self._said.recv()
        return said.split()

    def lines(self) -> Iterator[list[str]]:
        """Return what it says to its end."""
        while True:
            try:
                yield self.line()
            except EOFError:
                return

    def kill(self) -> None:
        self._process.kill()
        self.wait()

    def wait(self) -> int | None:
        """Return how it ended: -9, if it was killed."""
        self._process.join()
        status = self._process.exitcode
        self._process.close()
        self._said.close()
        return status
