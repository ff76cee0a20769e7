"""What runs in the process that `process` begins: the same program, which answers one request at a time."""

import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from werkzeug.wrappers import Response

from app.config import Config
from app.web.core import logs

NICENESS = 5  # short pages of the other process go first

log = structlog.get_logger(__name__)

Made = tuple[str, list[tuple[str, str]], Path]


def serve(
    connection: "Connection[Any, dict[str, Any]]", config: Config, create_app: Callable[[Config], Flask]
) -> None:
    """Answer what comes until the other end is closed; by its end the system closes it too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program, which ends this
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    logs.configure(
        config.model_copy(update={"log_level": "WARNING"})
    )  # the answer is logged where it goes out
    app = create_app(config)
    with contextlib.suppress(EOFError, BrokenPipeError):
        connection.send(True)
        while True:
            connection.send(answered(app, connection.recv(), config.incoming_dir))


def answered(app: Flask, environ: dict[str, str], folder: Path) -> Made | None:
    """Return status, headers and a file in `folder` with the body; None where it cannot be written."""
    server = {
        "wsgi.version": (1, 0),
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    answer = Response.from_app(app, {**environ, **server})
    try:
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
            file.writelines(answer.iter_encoded())
    except OSError:
        log.exception("an answer could not be written")
        return None
    finally:
        answer.close()
    return answer.status, list(answer.headers.items()), Path(file.name)
