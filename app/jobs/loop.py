"""A thread is a loop around an object with one turn; what breaks a turn does not end the thread."""

import logging
import threading
from collections.abc import Callable

from app.jobs.database import DATABASE_AWAY

logger = logging.getLogger(__name__)

PAUSE_AFTER_FAILURE_S = 1.0


def start_loop(
    name: str, turn: Callable[[], object], stopping: threading.Event, pause_s: float = 0.0
) -> threading.Thread:
    """Start a thread that takes turns, with a pause after each, until `stopping` is set."""
    loop = threading.Thread(
        target=_loop, args=(turn, stopping, pause_s), name=f"konspekt-{name}", daemon=True
    )
    loop.start()
    return loop


def _loop(turn: Callable[[], object], stopping: threading.Event, pause_s: float) -> None:
    while not stopping.is_set():
        stopping.wait(pause_s if _survive(turn) else max(pause_s, PAUSE_AFTER_FAILURE_S))


def _survive(turn: Callable[[], object]) -> bool:
    try:
        turn()
    except DATABASE_AWAY as error:  # expected, and told by every thread every second
        logger.warning("the database does not answer: %s", str(error).partition("\n")[0])
        return False
    except Exception:
        logger.exception("a turn failed; the next one comes in a second")
        return False
    return True
