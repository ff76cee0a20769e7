"""The server: one gunicorn worker of many threads, with the program's own threads beside them."""

import contextlib
import ctypes
import signal
import socket
import struct
import sys
import tempfile
from collections.abc import Callable
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from pydantic import ValidationError

from app.config import Config
from app.web import logs
from app.web.context import konspekt

log = structlog.get_logger(__name__)

SOCKET_TIMEOUT_S = 15  # a client that neither sends nor reads for so long loses its connection
GRACEFUL_S = 8  # open answers may finish for so long after SIGTERM
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


def start_parts(app: Flask, config: Config) -> None:
    """Start the program's own threads beside the server's, so that the first page does not wait for them."""
    spool = config.uploads_dir / "tmp"  # the same disk: an upload is moved to its job, not copied
    spool.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(spool.resolve())


def ask_streams_to_end(app: Flask) -> None:
    """Let open streams see that the server stops; it waits for them no longer than GRACEFUL_S."""
    if "konspekt" in app.extensions:
        konspekt(app).stopping.set()


def stop_parts(app: Flask) -> None:
    """End the program's own threads; running jobs keep their rows and go on after the next start."""
    ask_streams_to_end(app)


def _serve_with_gunicorn(create_app: Factory, config: Config, listener: socket.socket) -> None:
    from gunicorn.app.base import BaseApplication  # gunicorn does not import on Windows
    from gunicorn.glogging import Logger
    from gunicorn.workers.gthread import ThreadWorker

    address = url(config, listener.getsockname()[1])

    class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn is not typed
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            ask_streams_to_end(self.wsgi)
            super().handle_exit(sig, frame)

        handle_quit = handle_exit  # Ctrl-C is as gentle as SIGTERM

    class Log(Logger):  # type: ignore[misc]  # gunicorn is not typed
        def setup(self, cfg: Any) -> None:
            self.error_log.handlers.clear()
            self.error_log.propagate = True
            self.error_log.setLevel("WARNING")

    def serving(worker: Worker) -> None:
        start_parts(worker.wsgi, config)
        print(address, flush=True)

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is not typed
        def load_config(self) -> None:
            settings = {
                "bind": f"fd://{listener.detach()}",
                "worker_class": Worker,
                "workers": 1,  # the queue and the models live in this one process
                "threads": config.threads,
                "timeout": 120,
                "graceful_timeout": GRACEFUL_S,
                "control_socket_disable": True,
                "logger_class": Log,
                "post_fork": lambda _server, _worker: _die_with_parent(),
                "post_worker_init": serving,
                "worker_exit": lambda _server, worker: stop_parts(worker.wsgi),
            }
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
    start_parts(app, config)
    print(url(config, port), flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    stop_parts(app)
