"""The two WSGI servers, for `server`: gunicorn, and werkzeug where there is no gunicorn."""

import contextlib
import ctypes
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

from flask import Flask

from app.config import Config
from app.web.core.head import AtOnce
from app.web.core.health import answer_at_once
from app.web.core.lifecycle import STOP_S, start_parts, stop_parts
from app.web.core.logs import Repeats
from app.web.core.places import Places
from app.web.core.refusals import refuse_at_once

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LIVE_STREAMS = 32  # a guess where it is measured how many the engine carries
SPARE_THREADS = 20  # for pages, health and short calls
BLOCK_BYTES = 2**16  # of a file that goes out

Factory = Callable[[Config], Flask]


def serve_with_gunicorn(create_app: Factory, config: Config, listener: socket.socket, address: str) -> None:
    """Serve by one worker of many threads, until SIGTERM or Ctrl-C."""
    from gunicorn.app.base import BaseApplication  # gunicorn does not import on Windows
    from gunicorn.glogging import Logger

    from app.web.core.worker import HeadFirstWorker

    class Worker(HeadFirstWorker):
        stopper: threading.Thread | None = None
        places = slow_places(config)
        connections = Places(None, None if config.proxies else config.max_connections_per_address)

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            """Stop the jobs while the last answers go out."""
            if self.booted and self.stopper is None:
                self.stopper = threading.Thread(
                    target=stop_parts, args=(self.wsgi,), name="konspekt-stopper", daemon=True
                )
                self.stopper.start()
            super().handle_exit(sig, frame)

        handle_quit = handle_exit  # Ctrl-C stops as SIGTERM does

    class Log(Logger):  # type: ignore[misc]  # gunicorn is not typed
        def setup(self, cfg: Any) -> None:
            self.error_log.handlers.clear()
            self.error_log.propagate = True
            self.error_log.setLevel("WARNING")
            self.error_log.addFilter(Repeats())

    def forked(_server: Any, worker: Worker) -> None:
        worker.cfg.set(
            "graceful_timeout", STOP_S
        )  # the master waits twice as long; the other half is for the jobs
        _die_with_parent()

    def serving(worker: Worker) -> None:
        worker.at_once = partial(at_once, worker.wsgi)
        start_parts(worker.wsgi)
        _say(address)

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
        "sendfile": False,  # CPython waits in it without end for a client that does not read
        "control_socket_disable": True,
        "secure_scheme_headers": {},  # forwarded headers are read by ProxyFix alone, as the settings say
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
            app = create_app(config)
            app.wsgi_app = in_large_blocks(app.wsgi_app)  # type: ignore[method-assign,assignment]
            return app

    Server().run()


def in_large_blocks(inner: "WSGIApplication") -> "WSGIApplication":
    """Let files go out in larger blocks than 8 KB: for each a thread asks twice for the lock of Python."""
    from gunicorn.http.wsgi import FileWrapper  # gunicorn does not import on Windows

    class Blocks(FileWrapper):  # type: ignore[misc]  # gunicorn is not typed
        def __init__(self, file: Any, _n_bytes: int = BLOCK_BYTES) -> None:
            super().__init__(file, BLOCK_BYTES)

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["wsgi.file_wrapper"] = Blocks
        return inner(environ, start_response)

    return answer


def at_once(app: Flask, head: bytes, peer: str) -> AtOnce | None:
    """Answer what needs no thread; None for most."""
    return answer_at_once(app, head) or refuse_at_once(app, head, peer)


def slow_places(config: Config) -> Places:
    """Say how many threads may wait for clients: not those of other long answers, and some for short ones."""
    long_answers = (
        config.max_event_streams + (config.max_live_streams or LIVE_STREAMS) + config.max_sync_calls
    )
    total = max(config.threads // 4, config.threads - long_answers - SPARE_THREADS)
    return Places(total, config.max_slow_per_address)


def _say(address: str) -> None:
    """Print where the program is reached; it serves as well where nobody reads that."""
    with contextlib.suppress(OSError, ValueError):  # a closed pipe, no standard output at all
        print(address, flush=True)


def _die_with_parent() -> None:
    """Let the kernel end this worker with its master, so that the port is free after a kill -9."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def serve_with_werkzeug(app: Flask, listener: socket.socket, address: str) -> None:
    """Serve where gunicorn does not run (Windows), until Ctrl-C."""
    from werkzeug.serving import make_server

    host, port = listener.getsockname()[:2]
    listener.listen()
    server = make_server(host, port, app, threaded=True, fd=listener.detach())
    start_parts(app)
    _say(address)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    stop_parts(app)
