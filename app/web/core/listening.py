"""The port that `server` listens on, and the address that it prints."""

import errno
import socket
import struct
import sys

from app.config import Config

SOCKET_TIMEOUT_S = 15  # a client that neither sends nor reads for so long loses its connection
LOOK_S = 0.5
V4, V6 = "127.0.0.1", "::1"
NAMED_LOCALHOST = {V4: V6, "0.0.0.0": V6, V6: V4}  # noqa: S104  listened on -> what else has the name
WHAT_TO_DO = {
    errno.EADDRINUSE: "End the program that uses it, or choose another with KONSPEKT_PORT.",
    errno.EACCES: "Ports below 1024 need rights of their own; choose another with KONSPEKT_PORT.",
    errno.EADDRNOTAVAIL: "This machine has no such address; choose one that it has with KONSPEKT_HOST.",
}
UNKNOWN_HOST = "There is no such name or address; choose another with KONSPEKT_HOST."


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
        what_to_do = UNKNOWN_HOST if isinstance(error, socket.gaierror) else WHAT_TO_DO.get(error.errno or 0)
        print(
            f"Cannot listen on {config.host} port {config.port}: {error.strerror}. "
            f"{what_to_do or 'Choose others with KONSPEKT_HOST and KONSPEKT_PORT.'}",
            file=sys.stderr,
        )
        raise SystemExit(1) from None
    if sys.platform == "linux":  # accepted sockets inherit both time-outs
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", SOCKET_TIMEOUT_S, 0))
    return listener


def url(config: Config, port: int) -> str:
    """Return the address to open: `localhost`, unless a browser would find another program there."""
    host = config.host
    if host == "::" or (host in NAMED_LOCALHOST and not _answers(NAMED_LOCALHOST[host], port)):
        host = "localhost"
    elif host in NAMED_LOCALHOST:
        host = V6 if host == V6 else V4
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _answers(address: str, port: int) -> bool:
    """Tell whether somebody listens there."""
    try:
        socket.create_connection((address, port), LOOK_S).close()
    except OSError:
        return False
    return True
