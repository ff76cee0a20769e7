"""The process that answers what takes long to read: here it would hold Python's lock, and all pages."""

import os
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

import structlog
from flask import Flask

from app.config import Config
from app.errors import N_, Overloaded
from app.web.core.reading.answer import Answer
from app.web.core.reading.child import serve

ANSWER_S = 120.0  # then it is ended: all documents of eight hours take four seconds
IDLE_S = 300.0  # its memory is given back after that
LOOK_S = 10.0
TOO_LONG = N_("This takes too long at present. Please try again in a moment.")

log = structlog.get_logger(__name__)


class ReadingProcess:
    """Begins the process when it is first needed, and ends it when nobody has needed it for a while.

    Args:
        create_app: makes the same program there; it starts no threads.
    """

    def __init__(self, config: Config, create_app: Callable[[Config], Flask]) -> None:
        self._config, self._create_app = config, create_app
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None
        self._connection: Connection[dict[str, Any], Any] | None = None
        self._is_up, self._used_at = False, 0.0
        self.enabled = False

    def enable(self) -> None:
        """Let it be begun, where the system can read one open file at several places."""
        self.enabled = hasattr(os, "pread")

    def answer(self, environ: dict[str, Any]) -> Answer | None:
        """Have a GET or HEAD answered there. None: it is not up yet, or could not.

        Raises:
            Overloaded: it took too long, or the process died of it.
        """
        with self._lock:
            self._used_at = time.monotonic()
            connection = self._connected()
            if connection is None:
                return None
            try:
                connection.send({name: value for name, value in environ.items() if isinstance(value, str)})
                if not connection.poll(ANSWER_S):
                    raise TimeoutError
                made = connection.recv()
            except (OSError, EOFError) as error:
                log.warning("the process that reads long recordings was lost", reason=type(error).__name__)
                self._end()
                raise Overloaded(TOO_LONG, 1) from error
            self._used_at = time.monotonic()
            return Answer(*made) if made else None

    def _connected(self) -> "Connection[dict[str, Any], Any] | None":
        """Return the connection of a process that is up; begin one where there is none."""
        if self._process is not None and not self._process.is_alive():
            self._end()
        if self._process is None and self.enabled:
            ours, theirs = get_context("spawn").Pipe()
            arguments = (theirs, self._config, self._create_app)
            self._process = get_context("spawn").Process(target=serve, args=arguments, daemon=True)
            self._process.start()
            theirs.close()  # so that both hear of the other's end
            self._connection = ours
        if self._connection and not self._is_up and self._connection.poll():
            try:
                self._is_up = bool(self._connection.recv())
            except EOFError:  # it could not begin, and has said why
                self._end()
        return self._connection if self._is_up else None

    def run_once(self) -> None:
        """Give its memory back where nobody needs it."""
        with self._lock:
            if self._process and time.monotonic() - self._used_at > IDLE_S:
                self._end()

    def _end(self) -> None:
        process, connection = self._process, self._connection
        self._process = self._connection = None
        self._is_up = False
        if connection:
            connection.close()
        if process:
            process.kill()
            process.join()
            process.close()

    def stop(self) -> None:
        """End it, also while it answers: whoever waits for it hears so."""
        self.enabled = False
        if (process := self._process) is not None:
            process.kill()
        with self._lock:
            self._end()
