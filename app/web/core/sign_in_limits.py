"""How often somebody may try to sign in: by address, and by name, so that no password can be guessed."""

import logging

from limits import parse_many
from limits.errors import StorageError

from app.config import Config
from app.errors import N_, TooManyRequests
from app.web.core.rate_limits import counter, network, until_s

logger = logging.getLogger(__name__)

FROM_ADDRESS = "10/minute;60/hour"
AS_NAME = "20/minute;200/hour"  # from everywhere: more, or others could lock somebody out too easily
LEAVES_FROM = "60/minute;600/hour"  # for a provider, from an address: each leaves a row behind here
TOO_MANY = N_("Too many tries to sign in. Please come back in %(wait)s.")


class SignInLimits:
    """Counts tries; with `queue_url` all processes count together."""

    def __init__(self, config: Config) -> None:
        self._counter = counter(config)
        self._limits = {
            "from": parse_many(FROM_ADDRESS), "as": parse_many(AS_NAME), "leaves": parse_many(LEAVES_FROM)
        }  # fmt: skip

    def count(self, name: str, address: str) -> None:
        """Count a try before it is looked at. Raises TooManyRequests where it is one too many."""
        self._count(("from", network(address)), ("as", name))

    def count_leaving(self, address: str) -> None:
        """Count who goes to sign in elsewhere. Raises TooManyRequests where it is one too many."""
        self._count(("leaves", network(address)))

    def _count(self, *holders: tuple[str, str]) -> None:
        try:
            for kind, holder in holders:
                for limit in self._limits[kind]:
                    if not self._counter.hit(limit, f"sign-in {kind} {holder}"):
                        left = self._counter.get_window_stats(limit, f"sign-in {kind} {holder}")
                        raise TooManyRequests(TOO_MANY, until_s(left))
        except StorageError as error:
            logger.warning("tries to sign in are not counted: %s", error)
