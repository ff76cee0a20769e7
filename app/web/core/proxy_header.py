"""Who a proxy in front says has signed in: believed only where the connection itself comes from that proxy.

X-Forwarded-For says nothing here: whoever reaches the port can send it.
"""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import Any

from flask import Flask, request

from app.config import Config

PEER = "konspekt.peer"  # no header can become this key of an environment


class ProxyHeader:
    """The header of the settings, and from whom it is believed."""

    def __init__(self, app: Flask, config: Config) -> None:
        self._header = config.proxy_header
        self._networks = [ip_network(name) for name in config.proxy_networks]
        within = app.wsgi_app

        def keep_peer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            """Keep whose connection it is, before what is forwarded takes its place; also when it goes on."""
            environ.setdefault(PEER, environ.get("REMOTE_ADDR", ""))
            return within(environ, start_response)

        app.wsgi_app = keep_peer  # type: ignore[method-assign]  # Flask's documented way to add middleware

    def name(self) -> str:
        """Return who has signed in; "" where nobody is named, or by one who is not believed."""
        named = request.headers.getlist(self._header)
        if len(named) != 1 or not self._is_believed(str(request.environ.get(PEER, ""))):
            return ""
        return named[0].encode("latin-1", "replace").decode("utf-8", "replace").strip()

    def _is_believed(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self._networks)
