"""Every address form that has led such programs astray, and no socket opened to any of them."""

import ipaddress
import socket
import threading

import pytest
import urllib3

from app.errors import AppError, BadInput
from app.storage.guard import AddressGuard, ForbiddenAddress, is_public

PRIVATE = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 0 0.0.0.0 127.255.255.254
10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.254 192.168.0.1 192.168.255.255 169.254.169.254 169.254.0.1
0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.43518 100.64.0.1 100.127.255.254 100.100.100.200 192.0.0.1
192.0.0.8 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250
240.0.0.1 255.255.255.255 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:10.0.0.1]
[::ffff:169.254.169.254] [::127.0.0.1] [::7f00:1] [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::1]
[::ffff:0:127.0.0.1] [2002:7f00:1::] [2002:a9fe:a9fe::1] [2001:0:7f00:1::] [2001:db8::1] [100::1]
[fc00::1] [fd00:ec2::254]
[fe80::1] [fec0::1] [ff02::1] [ff0e::1] [3fff::1] [5f00::1] [0:0:0:0:0:ffff:7f00:1] ①②⑦.⓪.⓪.① localhost
""".split()

NOT_WEB = """
file:///etc/passwd ftp://example.com/a gopher://example.com/ dict://example.com:11211/ data:audio/wav,AA
javascript:alert(1) //example.com/a example.com/a http:// http:///etc/passwd https://user:pass@example.com/a
http://user@example.com/a http://a.example\\:8[0:1/ s3://bucket/key concat:http://example.com/a
""".split()


class OpenedError(OSError):
    """A socket was opened."""


@pytest.fixture
def no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(self: socket.socket, address: object) -> None:
        raise OpenedError(address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.mark.parametrize("host", PRIVATE)
def test_no_socket_is_opened_to_an_internal_address(host: str, no_socket: None) -> None:
    guard = AddressGuard()
    for scheme in ("http", "https"):
        with pytest.raises(BadInput):
            guard.pool().request("GET", guard.check_url(f"{scheme}://{host}/a.mp4").url, retries=False)


@pytest.mark.parametrize("url", NOT_WEB)
def test_what_is_not_a_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(BadInput):
        AddressGuard().check_url(url)


@pytest.mark.parametrize("port", [22, 25, 3306, 5432, 6379, 9200, 11211])
def test_public_hosts_are_spoken_to_on_web_ports_only(port: int, no_socket: None) -> None:
    with pytest.raises(ForbiddenAddress):
        AddressGuard().connect("8.8.8.8", port, 1)
    with pytest.raises(OpenedError):
        AddressGuard().connect("8.8.8.8", 443, 1)


def test_there_are_at_least_sixty_vectors() -> None:
    assert len(PRIVATE) + len(NOT_WEB) >= 60


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "2a00:1450:4001::1", "::ffff:8.8.8.8"])
def test_the_public_internet_stays_open(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


def test_one_internal_address_among_public_ones_forbids_the_name(
    monkeypatch: pytest.MonkeyPatch, no_socket: None
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, 80)) for text in ("8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(ForbiddenAddress):
        AddressGuard().connect("mixed.example", 80, 1)


def test_a_name_that_resolves_differently_the_second_time_gains_nothing(
    monkeypatch: pytest.MonkeyPatch, no_socket: None
) -> None:
    answers = iter(["8.8.8.8", "127.0.0.1"])

    def resolve(*args: object, **kwargs: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 80))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(OpenedError) as opened:  # the checked address itself, not a second look-up
        AddressGuard().connect("rebinding.example", 80, 1)
    assert opened.value.args[0] == ("8.8.8.8", 80)


def test_an_opened_network_is_reached_on_any_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        accept = threading.Thread(target=lambda: server.accept()[0].close())
        accept.start()
        AddressGuard(["127.0.0.0/8"]).connect("127.0.0.1", port, 2).close()
        accept.join()


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch, no_socket: None) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://8.8.8.8:3128")
    with pytest.raises(AppError):
        AddressGuard().pool().request("GET", "http://127.0.0.1/", retries=False)


def test_a_closed_port_is_a_connection_error_not_a_crash() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(urllib3.exceptions.NewConnectionError):
        AddressGuard(["127.0.0.0/8"]).pool().request("GET", f"http://127.0.0.1:{port}/", retries=False)
