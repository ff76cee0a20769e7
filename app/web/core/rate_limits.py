"""How much a key of the API, or who has none, may ask for in a while; answers tell what is left."""

import logging
import math
import time
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from flask import Flask, Response, g
from limits import RateLimitItem, WindowStats, parse_many
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from app.config import Config
from app.errors import N_, TooManyRequests

logger = logging.getLogger(__name__)

TOO_MANY = N_("Too many requests. Please come back in %(wait)s.")


class RateLimits:
    """The limits of a rate, as `100/minute,5000/day`: for each holder the last minute and day count.

    An empty rate bounds nothing.

    With `queue_url` the processes count together, in that Redis; while it is away nobody is refused.
    """

    def __init__(self, config: Config, rate: str) -> None:
        self._limits: Sequence[RateLimitItem] = ()
        if rate:
            self._limits = parse_many(rate.replace(",", ";"))
            self._counter = counter(config)

    def count(self, holder: str) -> None:
        """Count a request. Raises TooManyRequests where it is one too many."""
        try:
            for limit in self._limits:
                within = self._counter.hit(limit, holder)
                left = self._counter.get_window_stats(limit, holder)
                if not within or "rate" not in g or left.remaining < g.rate[1].remaining:
                    g.rate = (limit, left)  # the narrowest is told
                if not within:
                    raise TooManyRequests(TOO_MANY, until_s(left))
        except StorageError as error:
            logger.warning("requests are not counted: %s", error)


def network(address: str) -> str:
    """Return whose address it is: of IPv6 a whole /64 belongs to one household."""
    try:
        version = ip_address(address).version
    except ValueError:
        return address
    return str(ip_network(f"{address}/64", strict=False)) if version == 6 else address


def counter(config: Config) -> MovingWindowRateLimiter:
    """Make what counts: here, or with `queue_url` in that Redis for all processes."""
    return MovingWindowRateLimiter(storage_from_string(config.queue_url or "memory://", wrap_exceptions=True))


def init_app(app: Flask) -> None:
    """Tell the limit in the headers of the answers (IETF draft-ietf-httpapi-ratelimit-headers-06)."""

    @app.after_request
    def tell(response: Response) -> Response:
        if "rate" in g:
            limit, left = g.rate
            response.headers["RateLimit-Limit"] = str(limit.amount)
            response.headers["RateLimit-Remaining"] = str(max(0, left.remaining))
            response.headers["RateLimit-Reset"] = str(until_s(left))
        return response


def until_s(left: WindowStats) -> int:
    return max(1, math.ceil(left.reset_time - time.time()))
