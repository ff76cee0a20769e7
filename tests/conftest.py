"""What every test may use."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, event

import tests.cases  # noqa: F401  every test that draws its cases draws the same ones each time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch is loaded: as in the program
# Several tests run at once: on a busy machine two threads of one computation wait for each other, and make
# small nets many times slower. What tests start inherits it.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "KONSPEKT_COMPUTE_THREADS"):
    os.environ.setdefault(name, "1")

# Who runs the tests in the background or by nohup has them ignore these, and what tests start would inherit
# that; a handler that does nothing is not inherited.
for name in ("SIGINT", "SIGHUP"):
    if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, name), lambda *_: None)

OURS = "konspekt-"  # tests/test_thread_names.py: every thread that the program starts is called so
_USED = set[Engine]()  # of the present test
ENDING_S = 5.0  # for a thread that was told to end, and need not be waited for by who told it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let files with slow tests go first: a file stays with one worker, so late ones would be waited for."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail a test that leaves one of our threads running."""
    before = set(threading.enumerate())
    yield
    left = left_running(before)
    assert not left, f"threads left running: {left}"


@pytest.fixture(autouse=True)
def no_database_left_open() -> Iterator[None]:
    """Close the databases of the apps that a test made: Python 3.13 tells of each that nobody closed."""
    yield
    while _USED:
        _USED.pop().dispose()


@pytest.fixture(autouse=True, scope="session")
def no_waiting_for_the_disk() -> Iterator[None]:
    """What this process writes need not survive a loss of power: a test writes and syncs some 25 times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        event.listen(Engine, "engine_connect", _on_connect)
        yield
        event.remove(Engine, "engine_connect", _on_connect)


def _on_connect(connection: Connection) -> None:
    _USED.add(connection.engine)
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute("PRAGMA synchronous=OFF")


def left_running(before: set[threading.Thread], ending_s: float = ENDING_S) -> list[str]:
    """Return the names of our threads that were not there before and do not end."""
    ours = [thread for thread in set(threading.enumerate()) - before if thread.name.startswith(OURS)]
    for thread in ours:
        thread.join(ending_s)
    return sorted(thread.name for thread in ours if thread.is_alive())


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with next to no work: a test signs in often."""
    from app.integrations.accounts import passwords

    monkeypatch.setattr(passwords, "PASSES", 1)
    monkeypatch.setattr(passwords, "MEMORY_KIB", 8)
