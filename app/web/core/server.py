"""The server, for `run.py`: the settings are read, the port is taken, and one process serves."""

import socket
import struct
import sys
from pathlib import Path

from pydantic import ValidationError

from app.config import HOME, Config
from app.config.setting_files import Unusable
from app.web.core import logs
from app.web.core.wsgi import Factory, serve_with_gunicorn, serve_with_werkzeug

SWITCH_S = 0.001  # a thread that computes has Python's lock for so long: a page asks for it some thirty times
SOCKET_TIMEOUT_S = 15  # a client that neither sends nor reads for so long loses its connection


def main(create_app: Factory) -> None:
    """Read the settings, take the port and serve until SIGTERM or Ctrl-C."""
    say_what_is_not_read()
    config = read_config()
    logs.configure(config)
    sys.setswitchinterval(SWITCH_S)
    listener = listen(config)
    address = url(config, listener.getsockname()[1])
    if sys.platform == "win32":
        serve_with_werkzeug(create_app(config), listener, address)
    else:
        serve_with_gunicorn(create_app, config, listener, address)


def read_config() -> Config:
    """Return the settings, or name every wrong one and end with status 2."""
    try:
        return Config()
    except ValidationError as error:
        print("These settings are wrong:", file=sys.stderr)
        for problem in error.errors():
            name = str(problem["loc"][0])
            secret = "Secret" in str(Config.model_fields[name].annotation)
            value = (
                "" if secret or isinstance(problem["input"], Unusable) else f" (it is {problem['input']!r})"
            )
            print(f"  KONSPEKT_{name.upper()}: {problem['msg']}{value}", file=sys.stderr)
        raise SystemExit(2) from None


def say_what_is_not_read() -> None:
    """Name settings and data of the directory where the program was started, if they are not its own."""
    here = Path.cwd()
    found = [name for name in (".env", "data/konspekt.db") if here != HOME and (here / name).is_file()]
    if found:
        print(
            f"{' and '.join(found)} of {here} not read: settings and folders are those of {HOME}. "
            "KONSPEKT_HOME=. takes those that are here.",
            file=sys.stderr,
        )


def listen(config: Config) -> socket.socket:
    """Take the port, or say in one sentence why that is not possible and end with status 1."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind)
        if sys.platform != "win32":  # on Windows it would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        print(
            f"Cannot listen on {config.host} port {config.port}: {error.strerror}. "
            "End the program that uses it, or choose another with KONSPEKT_PORT.",
            file=sys.stderr,
        )
        raise SystemExit(1) from None
    if sys.platform == "linux":  # accepted sockets inherit both time-outs
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", SOCKET_TIMEOUT_S, 0))
    return listener


def url(config: Config, port: int) -> str:
    local = config.host in ("127.0.0.1", "0.0.0.0", "::", "::1")  # noqa: S104  compared, not bound
    host = "localhost" if local else f"[{config.host}]" if ":" in config.host else config.host
    return f"http://{host}:{port}"
