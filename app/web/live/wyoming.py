"""The port of `KONSPEKT_WYOMING_PORT`: live transcription for Home Assistant and other clients of Wyoming."""

import socket
import threading

import structlog
from flask import Flask
from flask_babel import force_locale
from simple_websocket import ConnectionClosed

from app.web.core.context import Konspekt, konspekt
from app.web.core.languages import COMMON
from app.web.core.rate_limits import network
from app.web.live import stream
from app.web.live.protocols.wyoming import WyomingProtocol
from app.web.live.wyoming_socket import WyomingConnection

MOST = 32  # connections at once; the streams among them wait for a place of the hub
LOOK_S = 0.5

log = structlog.get_logger(__name__)


class WyomingServer:
    """Listens on a port; each connection has a thread. Whoever reaches the port is served: it knows no keys.

    Raises OSError where the port is taken.
    """

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self._app = app
        self._places = threading.BoundedSemaphore(MOST)
        self._listening = socket.create_server((host, port))
        self._listening.settimeout(LOOK_S)

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    def run_once(self) -> None:
        """Accept one connection, or wait a moment."""
        try:
            sock, address = self._listening.accept()
        except TimeoutError:
            return
        if not self._places.acquire(blocking=False):
            sock.close()
            return
        threading.Thread(
            target=self._serve, args=(sock, network(address[0])), name="konspekt-wyoming-client", daemon=True
        ).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self, sock: socket.socket, address: str) -> None:
        ws = WyomingConnection(sock)
        try:
            with self._app.app_context(), force_locale("en"):  # its clients name no language for people
                serve(ws, konspekt(), address)
        except (ConnectionClosed, OSError):
            pass
        except Exception:
            log.exception("a client of Wyoming was not served")
        finally:
            ws.shut()
            self._places.release()


def serve(ws: WyomingConnection, parts: Konspekt, address: str) -> None:
    """Serve one stream, counted for the address of its client."""
    hearing = parts.engines.hearing()
    codes = COMMON if hearing.languages is None else hearing.languages
    protocol = ws.protocol = WyomingProtocol(ws.say, hearing.engine, codes)
    with stream.closed_with_reason(ws):
        opening = protocol.open(stream.messages(ws, parts))
        parts.rate_limits.count(f"address {address}")
        stream.serve(ws, parts, opening)
