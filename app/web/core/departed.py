"""Live streams of accounts that are removed: they end, and what is kept of them goes, within seconds."""

from app.web.core.context import Konspekt

LOOK_S = 5.0


def forget_streams(parts: Konspekt) -> int:
    """Remove the saved streams of accounts that are no more, also those that are spoken into; count them."""
    streams, n = parts.saved_streams, 0
    for owner in parts.integrations.accounts.departed(streams.owners()):
        for saved in streams.of(owner, also_open=True):
            streams.remove(saved)  # whoever speaks into it is let go
            n += 1
    return n
