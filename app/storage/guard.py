"""Keep requests to user-given URLs away from this machine and its network (SSRF).

The address is checked where the socket is opened and the socket is opened to the checked address, so
that a name which resolves differently the second time (DNS rebinding) gains nothing. The same holds for
every redirect, because each request opens its socket here.
"""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Url, parse_url

from app.errors import N_, BadInput
from app.storage.deadline import Deadline

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PUBLIC_PORTS = frozenset({80, 443, 8080, 8443})

# Python's `is_global` says yes to these: multicast, protocol assignments, and the IPv6 forms that carry
# an IPv4 address inside (IPv4-compatible, NAT64, 6to4, Teredo) or are no longer public (site-local).
_NOT_PUBLIC: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "::ffff:0:0:0/96",  # IPv4-translated, RFC 2765
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


class ForbiddenAddress(BadInput):
    """Refuse a URL that leads to this machine or its network."""


def is_public(address: Address) -> bool:
    """Say whether an address belongs to the public internet."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    inside = any(address.version == network.version and address in network for network in _NOT_PUBLIC)
    return address.is_global and not inside


class AddressGuard:
    """Decide which addresses may be spoken to, and open sockets to no others.

    Args:
        allowed: internal networks that the administrator opens ("10.1.0.0/16"); any port there.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self.allowed: tuple[Network, ...] = tuple(ipaddress.ip_network(text) for text in allowed)

    def permits(self, address: Address, port: int) -> bool:
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if any(address.version == network.version and address in network for network in self.allowed):
            return True
        return is_public(address) and port in PUBLIC_PORTS

    def check_url(self, url: str) -> Url:
        """Take apart a URL and refuse what is not plain http(s). Addresses are checked by `connect`."""
        try:
            parsed = parse_url(url.strip())
            urlsplit(url)  # refuses some that parse_url takes
        except (urllib3.exceptions.LocationParseError, ValueError) as error:
            raise BadInput(N_("This is not a web address. Give one that begins with https://")) from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise BadInput(N_("Only web addresses that begin with http:// or https:// can be fetched."))
        if parsed.auth is not None:
            raise BadInput(N_("Remove the user name and password from the web address."))
        return parsed

    def resolve(self, host: str, port: int) -> Sequence[tuple[socket.AddressFamily, tuple[Any, ...]]]:
        """Resolve a name and return its socket addresses; one forbidden address forbids them all."""
        try:
            found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise BadInput(N_("The address %(host)s is not known. Check the link."), host=host) from error
        for _, _, _, _, sockaddr in found:
            text = str(sockaddr[0]).partition("%")[0]
            if not self.permits(ipaddress.ip_address(text), port):
                raise ForbiddenAddress(
                    N_("The address %(host)s is not open to downloads. Give a public web address."), host=host
                )
        return [(family, sockaddr) for family, _, _, _, sockaddr in found]

    def connect(
        self, host: str, port: int, timeout_s: float | None, deadline: Deadline | None = None
    ) -> socket.socket:
        """Open a socket to a checked address of `host`, and to that very address."""
        failure: OSError = OSError(f"no address for {host}")
        for family, sockaddr in self.resolve(host, port):
            connection = socket.socket(family, socket.SOCK_STREAM)
            connection.settimeout(timeout_s)
            try:
                if deadline is not None:
                    deadline.watch(connection)
                connection.connect(sockaddr)
            except OSError as error:
                connection.close()
                failure = error
                continue
            return connection
        raise failure

    def pool(self, deadline: Deadline | None = None) -> urllib3.PoolManager:
        """Return a pool whose every socket is opened by this guard; no proxy of the environment is used.

        deadline: after which all of them are cut.
        """
        guard = self

        class GuardedHTTP(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _open(guard, self, deadline)

        class GuardedHTTPS(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _open(guard, self, deadline)

        class HTTPPool(urllib3.HTTPConnectionPool):
            ConnectionCls = GuardedHTTP

        class HTTPSPool(urllib3.HTTPSConnectionPool):
            ConnectionCls = GuardedHTTPS

        manager = urllib3.PoolManager(retries=False)
        manager.pool_classes_by_scheme = {"http": HTTPPool, "https": HTTPSPool}
        return manager


def _open(guard: AddressGuard, connection: HTTPConnection, deadline: Deadline | None) -> socket.socket:
    timeout = connection.timeout if isinstance(connection.timeout, int | float) else None
    port = connection.port or connection.default_port
    try:
        return guard.connect(connection.host, port, timeout, deadline)
    except TimeoutError as error:
        raise urllib3.exceptions.ConnectTimeoutError(connection, str(error)) from error
    except OSError as error:
        raise urllib3.exceptions.NewConnectionError(connection, str(error)) from error
