"""ChangeBus: carries the notes of one process's change feed to those of others, by Redis.

A note that gets lost costs a page some seconds: `JobThreads` looks at the database now and then, and each
second while Redis is away.
"""

import json
import logging
import threading
import uuid

from redis import Redis
from redis.exceptions import RedisError

from app.jobs.change_feed import ChangeFeed
from app.jobs.loop import PAUSE_AFTER_FAILURE_S, start_loop

logger = logging.getLogger(__name__)

CHANNEL = "konspekt:changes"
PACE_S = 0.05  # between two messages; what is noted meanwhile goes together


class ChangeBus:
    """Publishes what this process notes, and notes what others have published.

    PostgreSQL's NOTIFY could do it too, but makes commits wait for each other, and each beat of each
    worker is one; Redis is there anyway.
    """

    def __init__(self, url: str, changes: ChangeFeed) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=5, socket_connect_timeout=2, health_check_interval=15, protocol=2
        )
        self._changes = changes
        self._me = uuid.uuid4().hex
        self._pending: set[str | None] = set()
        self._lock = threading.Lock()
        self._some = threading.Event()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.is_heard = False
        changes.tell = self._note

    def start(self, listens: bool) -> None:
        if self._threads:
            return
        self._stopping.clear()
        self._threads = [start_loop("changes-out", self._publish, self._stopping, PACE_S)]
        if listens:
            self._threads.append(start_loop("changes-in", self._listen, self._stopping))

    def stop(self) -> None:
        self._stopping.set()
        self._some.set()
        for thread in self._threads:
            thread.join()
        self._threads = []
        self._redis.close()

    def error(self) -> str | None:
        """Say why the broker does not answer. None: it does."""
        try:
            self._redis.ping()
        except RedisError as error:
            return str(error)
        return None

    def _note(self, owner: str | None) -> None:
        with self._lock:
            self._pending.add(owner)
        self._some.set()

    def _publish(self) -> None:
        if not self._some.wait(1.0) or self._stopping.is_set():
            return
        with self._lock:
            owners, self._pending = self._pending, set()
            self._some.clear()
        told = [None] if None in owners else sorted(owner for owner in owners if owner)
        try:
            self._redis.publish(CHANNEL, json.dumps({"from": self._me, "owners": told}))
        except RedisError as error:
            logger.debug("a change could not be told: %s", error)

    def _listen(self) -> None:
        """Hear the others until Redis goes away; the loop begins anew."""
        try:
            with self._redis.pubsub(ignore_subscribe_messages=True) as heard:  # type: ignore[no-untyped-call]
                heard.subscribe(CHANNEL)
                self.is_heard = True
                self._changes.hear(None)
                while not self._stopping.is_set():
                    message = heard.get_message(timeout=1.0)
                    if message:
                        self._hear(message["data"])
        except RedisError as error:
            logger.warning("the broker does not answer: %s", error)
            self._stopping.wait(PAUSE_AFTER_FAILURE_S)
        finally:
            self.is_heard = False

    def _hear(self, data: bytes) -> None:
        message = json.loads(data)
        if message["from"] != self._me:
            for owner in message["owners"]:
                self._changes.hear(owner)
