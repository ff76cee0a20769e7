"""The port is taken, or it is said what to do; the address that is printed is this program's."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.config import Config
from app.web.core.listening import listen, url


def config(host: str = "127.0.0.1", port: int = 0) -> Config:
    return Config(_env_file=None, host=host, port=port)  # type: ignore[call-arg]


@pytest.fixture
def neighbour() -> Iterator[int]:
    """Give a port on which another program listens, on the other kind of address."""
    with socket.socket(socket.AF_INET6) as taken:
        try:
            taken.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
        taken.listen()
        yield taken.getsockname()[1]


def test_the_address_is_localhost_where_that_is_ours_alone() -> None:
    with closing(listen(config())) as ours:
        ours.listen()
        port = ours.getsockname()[1]
        assert url(config(), port) == f"http://localhost:{port}"


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_name_under_which_another_program_answers_is_not_printed(host: str, neighbour: int) -> None:
    assert url(config(host), neighbour) == f"http://127.0.0.1:{neighbour}"


def test_the_same_holds_the_other_way_round() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert url(config("::1"), port) == f"http://[::1]:{port}"


@pytest.mark.parametrize(
    ("host", "said"), [("::", "localhost"), ("fe80::1", "[fe80::1]"), ("a.example", "a.example")]
)
def test_other_addresses_are_printed_as_a_browser_takes_them(host: str, said: str) -> None:
    assert url(config(host), 8000) == f"http://{said}:8000"


@pytest.mark.parametrize(
    ("error", "to_do"),
    [
        (OSError(errno.EADDRINUSE, "Address already in use"), "End the program that uses it"),
        (OSError(errno.EACCES, "Permission denied"), "Ports below 1024 need rights"),
        (OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"), "no such address"),
        (OSError(errno.ENETDOWN, "Network is down"), "Choose others with KONSPEKT_HOST and KONSPEKT_PORT"),
    ],
)
def test_why_there_is_no_port_and_what_to_do_is_one_sentence_each(
    error: OSError, to_do: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Refused(socket.socket):
        def bind(self, _address: object) -> None:
            self.close()
            raise error

    monkeypatch.setattr(socket, "socket", Refused)
    with pytest.raises(SystemExit) as ended:
        listen(config(port=80))
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert f"127.0.0.1 port 80: {os.strerror(error.errno or 0)}. " in said
    assert to_do in said
    assert said.count("\n") == 1
    assert ("End the program" in said) == (error.errno == errno.EADDRINUSE)


def test_an_unknown_host_is_not_blamed_on_another_program(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        listen(config("no-such-host.invalid"))
    assert "There is no such name or address" in capsys.readouterr().err
