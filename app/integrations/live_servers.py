"""LiveServers: where live streams find room, as the web processes tell each other every two seconds."""

import socket
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

from sqlalchemy import delete, or_, select, update

from app.integrations.tables import LiveServerRow as Row
from app.jobs.database import DATABASE_AWAY
from app.jobs.store import JobStore

SHOW_EVERY_S = 2.0
LIVES = timedelta(seconds=10)  # after it was seen last
MOST_TOLD = 3


class LiveServers:
    """The row of this process, and those of the others.

    Args:
        url: of this process, as `live_url` has it; None: the others cannot send anybody here.
        places: gives how many streams are open here, and how many may be (None: not known yet).
    """

    def __init__(
        self, store: JobStore, url: str | None, places: Callable[[], tuple[int, int | None]]
    ) -> None:
        self._store = store
        self._node = uuid.uuid4().hex
        self._url = url.replace("{host}", socket.gethostname()) if url else None
        self._places = places

    def show(self) -> None:
        """Tell the others how much room there is, and forget those that have gone."""
        now, (n_open, n_places) = datetime.now(UTC), self._places()
        mine = update(Row).where(Row.node == self._node)
        known = mine.values(n_open=n_open, n_places=n_places, seen_at=now).returning(Row.node)
        with self._store.begin() as session:
            if session.scalar(known) is None:
                session.execute(delete(Row).where(Row.seen_at < now - 6 * LIVES))
                shown = {"url": self._url, "n_open": n_open, "n_places": n_places, "seen_at": now}
                session.add(Row(node=self._node, **shown))

    def leave(self) -> None:
        with suppress(*DATABASE_AWAY), self._store.begin() as session:
            session.execute(delete(Row).where(Row.node == self._node))

    def with_room(self, site: str, path: str) -> tuple[str, ...]:
        """Return the sockets of other processes that have room, the emptiest first.

        Args:
            site: as the client sees this one, "https://host/"; path: of the socket, "/ws/transcribe".
        """
        free = or_(Row.n_places.is_(None), Row.n_open < Row.n_places)
        lives = Row.seen_at > datetime.now(UTC) - LIVES
        others = select(Row.url).where(Row.node != self._node, Row.url.is_not(None), lives, free)
        try:
            with self._store.begin() as session:
                urls = session.scalars(others.order_by(Row.n_open).limit(MOST_TOLD)).all()
        except DATABASE_AWAY:
            return ()
        return tuple(_socket(urljoin(site, url or "") + path) for url in urls)


def _socket(url: str) -> str:
    scheme = "wss" if urlsplit(url).scheme == "https" else "ws"
    return urlsplit(url)._replace(scheme=scheme).geturl()
