"""Other web processes that have room for the live stream that is asked for here."""

from flask import request

from app.errors import Overloaded
from app.live.waiting_line import FULL
from app.web.core.context import konspekt
from app.web.live.waiting import GOES_ON_S


def others_with_room() -> tuple[str, ...]:
    """Return their sockets, as the client may call them; () where this process is alone."""
    servers = konspekt().live_servers
    return servers.with_room(request.root_url, request.path) if servers else ()


def refuse_where_full() -> None:
    """Refuse by HTTP a client who cannot be served here, and knows nothing of our `elsewhere`.

    Raises Overloaded: another process has room, or as many wait here as may.
    """
    parts = konspekt()
    if not parts.live.is_full:
        return
    if elsewhere := others_with_room():
        raise Overloaded(FULL, GOES_ON_S, elsewhere=elsewhere)
    parts.live_line.check()
