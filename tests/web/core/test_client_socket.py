"""A client is waited for only so long, whichever way it is slow, and only in one of few places."""

import collections
import contextlib
import select
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from app.errors import Overloaded
from app.web.core import client_socket
from app.web.core.client_socket import ClientSocket, Pace
from app.web.core.places import Places
from tests.waiting import SOON_S, until

Pair = tuple[ClientSocket, socket.socket]


@pytest.fixture
def places() -> Places:
    return Places(total=1, each=1)


@pytest.fixture
def pair(places: Places) -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    with ClientSocket.of(ours, "somebody", places, Places(None, None)) as client, theirs:
        client.begin()
        yield client, theirs


@contextlib.contextmanager
def dripping(theirs: socket.socket) -> Iterator[None]:
    ended = threading.Event()

    def drip() -> None:
        while not ended.wait(0.05):
            with contextlib.suppress(OSError):
                theirs.send(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    yield
    ended.set()
    thread.join()


@pytest.mark.skipif(not hasattr(select, "POLLRDHUP"), reason="Linux tells of it")
def test_who_ended_the_connection_has_left_and_who_sends_on_has_not(pair: Pair) -> None:
    client, theirs = pair
    assert not client.has_left()
    theirs.sendall(b"the next request")
    assert not client.has_left()
    theirs.close()
    until(client.has_left)


def test_who_drips_below_the_lowest_rate_is_let_go(pair: Pair) -> None:
    client, theirs = pair
    client.pace = Pace(credit_s=0.5)
    began = time.monotonic()
    with dripping(theirs), pytest.raises(TimeoutError):
        collections.deque(iter(lambda: client.recv(8192), b""), maxlen=0)
    assert time.monotonic() - began < SOON_S


def test_bytes_earn_time_but_never_more_than_the_grace() -> None:
    pace = Pace()
    pace.spend(10)
    pace.earn(2500)
    assert pace.credit_s == client_socket.GRACE_S - 5
    pace.earn(10**9)
    assert pace.credit_s == client_socket.GRACE_S


def test_who_does_not_read_is_let_go(pair: Pair) -> None:
    client, _ = pair
    client.pace = Pace(credit_s=0.3)
    with pytest.raises(BrokenPipeError):
        client.sendall(bytes(50 * 2**20))


def test_what_is_read_arrives_whole(pair: Pair) -> None:
    client, theirs = pair
    sent = bytes(range(256)) * 40_000
    got = bytearray()

    def read() -> None:
        while len(got) < len(sent):
            got.extend(theirs.recv(65536))

    thread = threading.Thread(target=read)
    thread.start()
    client.sendall(sent)
    thread.join()
    assert got == sent


def test_what_is_there_already_needs_no_place(pair: Pair, places: Places) -> None:
    client, theirs = pair
    assert places.take("another")
    theirs.sendall(b"all of it")
    assert client.recv(100) == b"all of it"


def test_who_has_to_be_waited_for_needs_a_place(pair: Pair, places: Places) -> None:
    client, _ = pair
    assert places.take("another")
    with pytest.raises(Overloaded):
        client.recv(100)


def test_a_place_is_free_when_the_request_is_over(pair: Pair, places: Places) -> None:
    client, _ = pair
    client.keep_place()
    client.keep_place()
    assert not places.take("another")
    client.leave_place()
    assert places.take("another")


def test_lingering_ends_whatever_drips(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    client, theirs = pair
    monkeypatch.setattr(client_socket, "LINGER_S", 0.5)
    began = time.monotonic()
    with dripping(theirs):
        client.linger()
    assert time.monotonic() - began < SOON_S


def test_lingering_ends_whatever_floods(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    client, theirs = pair
    monkeypatch.setattr(client_socket, "LINGER_BYTES", 10**6)
    theirs.settimeout(60)

    def flood() -> None:
        with contextlib.suppress(OSError):
            theirs.sendall(bytes(2 * 10**6))

    thread = threading.Thread(target=flood)
    thread.start()
    began = time.monotonic()
    client.linger()
    assert time.monotonic() - began < SOON_S
    client.close()
    thread.join()


def test_a_copy_keeps_no_time(pair: Pair) -> None:
    client, theirs = pair
    with client.dup() as copy:
        assert copy.pace is None
        theirs.sendall(b"hello")
        assert copy.recv(5) == b"hello"


def test_a_reader_that_waits_goes_on_when_somebody_else_keeps_time(pair: Pair) -> None:
    client, theirs = pair
    client.pace = Pace(credit_s=0.3)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(client.recv(8192)))
    reader.start()
    time.sleep(0.1)
    client.pace = None
    time.sleep(0.5)
    theirs.send(b"later")
    reader.join(SOON_S)
    assert read == [b"later"]
