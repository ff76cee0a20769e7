"""Where live streams find room, when one web process is full."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app.integrations.live_servers import LIVES, LiveServers
from app.integrations.tables import LiveServerRow
from app.jobs.store import JobStore

SITE, PATH = "https://konspekt.example/", "/ws/transcribe"


@pytest.fixture
def full(store: JobStore) -> LiveServers:
    server = LiveServers(store, "/at/full", lambda: (2, 2))
    server.show()
    return server


def server(store: JobStore, url: str | None, n_open: int, n_places: int | None) -> LiveServers:
    made = LiveServers(store, url, lambda: (n_open, n_places))
    made.show()
    return made


def test_who_comes_to_a_full_process_is_told_where_there_is_room_the_emptiest_first(
    store: JobStore, full: LiveServers
) -> None:
    assert full.with_room(SITE, PATH) == ()
    server(store, "/at/busy", 3, 4)
    server(store, "http://10.0.0.7:5000", 1, None)  # nobody has measured it yet
    server(store, "/at/{host}", 0, 4)
    server(store, "/at/full-too", 4, 4)
    server(store, None, 0, 4)
    assert full.with_room(SITE, PATH) == (
        f"wss://konspekt.example/at/{socket.gethostname()}/ws/transcribe",
        "ws://10.0.0.7:5000/ws/transcribe",
        "wss://konspekt.example/at/busy/ws/transcribe",
    )
    assert full.with_room("http://localhost:8080/", PATH)[2] == "ws://localhost:8080/at/busy/ws/transcribe"


def test_who_has_left_or_died_is_not_told(store: JobStore, full: LiveServers) -> None:
    server(store, "/at/left", 0, 4).leave()
    died = server(store, "/at/died", 0, 4)
    with store.begin() as session:
        died_row = update(LiveServerRow).where(LiveServerRow.url == "/at/died")
        session.execute(died_row.values(seen_at=datetime.now(UTC) - LIVES - timedelta(seconds=1)))
    assert full.with_room(SITE, PATH) == ()
    died.show()
    assert len(full.with_room(SITE, PATH)) == 1
