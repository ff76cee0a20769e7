"""The server: one gunicorn worker of many threads, with the program's own threads beside them."""

import contextlib
import ctypes
import logging
import os
import signal
import socket
import struct
import sys
import tempfile
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import structlog
from flask import Flask, request
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from app.config import Config
from app.errors import N_, Overloaded
from app.web.core import logs
from app.web.core.context import Konspekt, konspekt

log = structlog.get_logger(__name__)

SOCKET_TIMEOUT_S = 15  # a client that neither sends nor reads for so long loses its connection
STOP_S = 5  # open answers may take so long to finish after SIGTERM, and jobs to stop
RESTART_S = 2
Factory = Callable[[Config], Flask]


def main(create_app: Factory) -> None:
    """Read the settings, take the port and serve until SIGTERM or Ctrl-C."""
    config = read_config()
    logs.configure(config)
    listener = listen(config)
    if sys.platform == "win32":
        _serve_with_werkzeug(create_app(config), config, listener)
    else:
        _serve_with_gunicorn(create_app, config, listener)


def read_config() -> Config:
    """Return the settings, or name every wrong one and end with status 2."""
    try:
        return Config()
    except ValidationError as error:
        print("These settings are wrong:", file=sys.stderr)
        for problem in error.errors():
            name = str(problem["loc"][0])
            secret = "Secret" in str(Config.model_fields[name].annotation)
            value = "" if secret else f" (it is {problem['input']!r})"
            print(f"  KONSPEKT_{name.upper()}: {problem['msg']}{value}", file=sys.stderr)
        raise SystemExit(2) from None


def listen(config: Config) -> socket.socket:
    """Take the port, or say in one sentence why that is not possible and end with status 1."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind)
        if sys.platform != "win32":  # there it would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        print(
            f"Cannot listen on {config.host} port {config.port}: {error.strerror}. "
            "End the program that uses it, or choose another with KONSPEKT_PORT.",
            file=sys.stderr,
        )
        raise SystemExit(1) from None
    if sys.platform == "linux":  # accepted sockets inherit both
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", SOCKET_TIMEOUT_S, 0))
    return listener


def url(config: Config, port: int) -> str:
    local = config.host in ("127.0.0.1", "0.0.0.0", "::", "::1")  # noqa: S104  compared, not bound
    host = "localhost" if local else f"[{config.host}]" if ":" in config.host else config.host
    return f"http://{host}:{port}"


def start_parts(app: Flask) -> None:
    """Start the program's own threads; where the database is away, try until it is back."""
    parts = konspekt(app)
    incoming = parts.config.incoming_dir
    incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    tempfile.tempdir = str(incoming.resolve())
    parts.engines.device.start()
    if not _start_jobs(parts):
        app.before_request(refuse_until_started)
        threading.Thread(target=_keep_starting, args=(parts,), name="starter", daemon=True).start()


def _start_jobs(parts: Konspekt) -> bool:
    try:
        parts.jobs.start()
    except OperationalError as error:
        log.warning("the database cannot be reached; trying again", reason=str(error.orig))
        return False
    parts.started.set()
    return True


def _keep_starting(parts: Konspekt) -> None:
    while not parts.stopping.wait(RESTART_S) and not _start_jobs(parts):
        pass


def refuse_until_started() -> None:
    if not konspekt().started.is_set() and request.blueprint not in ("health", "metrics"):
        raise Overloaded(N_("The program is starting. Please try again in a moment."), RESTART_S)


def stop_parts(app: Flask) -> None:
    """End open streams and the program's own threads; running jobs go on after the next start."""
    parts = konspekt(app)
    parts.stopping.set()
    parts.live.stop()
    parts.jobs.stop(STOP_S)
    parts.engines.close()


def _serve_with_gunicorn(create_app: Factory, config: Config, listener: socket.socket) -> None:
    from gunicorn.app.base import BaseApplication  # gunicorn does not import on Windows
    from gunicorn.glogging import Logger
    from gunicorn.workers.gthread import ThreadWorker

    address = url(config, listener.getsockname()[1])

    class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn is not typed
        stopper: threading.Thread | None = None

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            """Stop the jobs while the last answers go out."""
            if self.booted and self.stopper is None:
                self.stopper = threading.Thread(target=stop_parts, args=(self.wsgi,), daemon=True)
                self.stopper.start()
            super().handle_exit(sig, frame)

        handle_quit = handle_exit  # Ctrl-C is as gentle as SIGTERM

    class Log(Logger):  # type: ignore[misc]  # gunicorn is not typed
        def setup(self, cfg: Any) -> None:
            self.error_log.handlers.clear()
            self.error_log.propagate = True
            self.error_log.setLevel("WARNING")

    def forked(_server: Any, worker: Worker) -> None:
        worker.cfg.set("graceful_timeout", STOP_S)  # the rest of the master's patience is for the jobs
        _die_with_parent()

    def serving(worker: Worker) -> None:
        start_parts(worker.wsgi)
        print(address, flush=True)

    def ended(_server: Any, worker: Worker) -> None:
        if worker.stopper is None:  # it failed to boot
            return
        worker.stopper.join(STOP_S)
        logging.shutdown()
        os._exit(0)  # a thread may still be inside a model; the interpreter would wait for it

    settings = {
        "bind": f"fd://{listener.detach()}",
        "worker_class": Worker,
        "workers": 1,  # the queue and the models live in this one process
        "threads": config.threads,
        "timeout": 120,
        "graceful_timeout": 2 * STOP_S,
        "keepalive": 5,
        "control_socket_disable": True,
        "secure_scheme_headers": {},  # ProxyFix believes proxies, as far as the settings say
        "logger_class": Log,
        "post_fork": forked,
        "post_worker_init": serving,
        "worker_exit": ended,
    }

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is not typed
        def load_config(self) -> None:
            for name, value in settings.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return create_app(config)

    Server().run()


def _die_with_parent() -> None:
    """Let the kernel end this worker with its master, so that the port is free after a kill -9."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def _serve_with_werkzeug(app: Flask, config: Config, listener: socket.socket) -> None:
    """Serve where gunicorn does not run (Windows)."""
    from werkzeug.serving import make_server

    port = listener.getsockname()[1]
    listener.listen()
    server = make_server(config.host, port, app, threaded=True, fd=listener.detach())
    start_parts(app)
    print(url(config, port), flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    stop_parts(app)
