"""Open streams end soon after the sign-in or the key by which they were opened is taken back."""

import time

from flask import g

from app.errors import N_, NotSignedIn
from app.jobs.database import DATABASE_AWAY
from app.web.core import api_key, sessions

LOOK_EVERY_S = 5.0
OVER = N_("You are signed out, or the key was taken back. Sign in and try again.")


class Standing:
    """Looks now and then whether who opened a stream still may; it belongs to the request that opened it."""

    def __init__(self) -> None:
        self._looked = time.monotonic()

    def check(self) -> None:
        """Raise NotSignedIn where he may not any more."""
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY_S:
            return
        self._looked = now
        try:
            over = api_key.is_taken_back() if g.get("api_caller") else sessions.is_over()
        except DATABASE_AWAY:
            return  # nothing is known, so nothing is taken away
        if over:
            raise NotSignedIn(OVER)
