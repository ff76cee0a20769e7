"""Fetches that go on in this process: how far each is and from where, for pages, rows and live streams."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from app.config import Config
from app.engines.weights.fetch import SILENT, Silent, asked_first, fetch
from app.engines.weights.sources import Weights
from app.progress import Progress

_SAID_FROM = 0.02  # share that must have come before the rest is forecast


@dataclass(frozen=True, slots=True)
class Underway:
    """A fetch that goes on. source: the title of what is asked at present; fraction: 0..1 of its bytes.

    remaining_s: as the pace so far promises; None: it cannot be said yet.
    """

    name: str
    size_bytes: int
    source: str
    fraction: float = 0.0
    remaining_s: float | None = None

    @property
    def done_bytes(self) -> int:
        return round(self.fraction * self.size_bytes)


class Fetches:
    """Fetches weights in the caller's thread, and tells others how far that is. Thread-safe."""

    def __init__(self, config: Config, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._clock = clock
        self._open: dict[object, Underway] = {}  # each entry is replaced by its own thread only

    def current(self) -> Underway | None:
        """Return the fetch that has come farthest. None: nothing is fetched."""
        return max(self._open.copy().values(), key=lambda underway: underway.fraction, default=None)

    def announced(self, weights: Weights) -> Underway:
        """Return a fetch as it is before its first byte."""
        return Underway(weights.name, weights.size_bytes, asked_first(weights, self._config.weights_mirror))

    def fetch(self, weights: Weights, progress: Progress, silent: Silent = SILENT) -> None:
        """Bring what is missing of a model. Raises what `fetch` and `progress` raise."""
        config, key, pace = self._config, object(), _Pace(self._clock)
        self._open[key] = self.announced(weights)

        def report(fraction: float) -> None:
            self._open[key] = replace(
                self._open[key], fraction=fraction, remaining_s=pace.remaining_s(fraction)
            )
            progress(fraction)

        def ask(source: str) -> None:
            self._open[key] = replace(self._open[key], source=source)

        try:
            fetch(
                weights,
                config.models_dir,
                report,
                config.disk_reserve_bytes,
                config.weights_mirror,
                silent,
                ask,
            )
        finally:
            del self._open[key]


class _Pace:
    """How fast a fetch comes, counted from what was there when it began."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._first: tuple[float, float] | None = None  # when, and the fraction then

    def remaining_s(self, fraction: float) -> float | None:
        now = self._clock()
        if self._first is None:
            self._first = (now, fraction)
        began, here = self._first
        if fraction - here < _SAID_FROM:
            return None
        return (now - began) * (1 - fraction) / (fraction - here)
