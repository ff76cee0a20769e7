"""Which size of Whisper suits this machine: by its kind, and by how fast it was measured to hear.

`WhisperSpeed` measures once, with the Whisper that a first recording has loaded; the result is in `data_dir`.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from app.audio.atomic import atomic_write
from app.config import Config
from app.engines.compute.device import cores

# Of the published sizes that are there, which to take while nothing was measured: on a CPU the large encoders
# take several times as long as the recording.
ON_CPU = ("small", "base", "medium", "tiny", "large-v3-turbo", "large-v3", "large-v2", "large-v1")
ON_GPU = ("large-v3-turbo", "large-v3", "large-v2", "medium", "large-v1", "small", "base", "tiny")
MANY_CORES = 8  # from here on Whisper small keeps up with speech on a CPU
ENOUGH = 0.5  # seconds of work for a second of sound: twice as fast as people speak
WORTH = ("large-v3-turbo", "large-v3", "medium", "small", "base")  # nobody is advised to fetch an older one
# Millions of numbers in the encoder and in the decoder (Whisper's paper, table 1; `turbo`: its model card).
# With Whisper base, each takes about half of the work (docs/recordings.md), and more numbers take more of it.
_NUMBERS = {
    **{"tiny": (8, 29), "base": (21, 53), "small": (88, 154), "medium": (307, 457)},
    **dict.fromkeys(("large-v1", "large-v2", "large-v3"), (637, 907)),
    "large-v3-turbo": (637, 172),
}
FILE = "whisper-speed.json"


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured: `cost` seconds of work for a second of speech, by a size of Whisper."""

    kind: str
    n_cores: int
    size: str
    cost: float

    def cost_of(self, size: str) -> float:
        """Reckon the cost of another size."""
        return self.cost * _work(size) / _work(self.size)


def measured(config: Config, kind: str) -> Speed | None:
    """Return what was measured on this machine as it is; None: nothing was."""
    try:
        speed = Speed(**json.loads((config.data_dir / FILE).read_text("ascii")))
        known = speed.size in _NUMBERS and 0 < float(speed.cost) < float("inf")
    except (OSError, ValueError, TypeError):
        return None
    return speed if known and (speed.kind, speed.n_cores) == machine(config, kind) else None


def by_quality(config: Config, kind: str) -> list[str]:
    """List the published sizes, the one to take first: the largest that is fast enough, then the fastest."""
    speed = measured(config, kind)
    if speed is None:
        return list(ON_GPU if kind == "cuda" else ON_CPU)
    fast = [size for size in ON_GPU if speed.cost_of(size) <= ENOUGH]
    return fast + sorted(set(ON_GPU) - set(fast), key=speed.cost_of)


def to_fetch(config: Config, kind: str) -> list[str]:
    """List the sizes that are worth a fetch, the best first; `base` always, for package indexes have it."""
    speed = measured(config, kind)
    if speed is not None:
        fast = [size for size in by_quality(config, kind) if speed.cost_of(size) <= ENOUGH]
        return [size for size in fast if size in WORTH] or ["base"]
    many = kind == "cuda" or cores(config.compute_threads) >= MANY_CORES
    return ["small", "base"] if many else ["base"]


def _work(size: str) -> float:
    return (
        sum(numbers / of_base for numbers, of_base in zip(_NUMBERS[size], _NUMBERS["base"], strict=True)) / 2
    )


def machine(config: Config, kind: str) -> tuple[str, int]:
    """Return what a measurement is true of."""
    return kind, cores(config.compute_threads)


def keep(folder: Path, speed: Speed) -> None:
    """Write what was measured, as a whole or not at all."""
    with atomic_write(folder / FILE, shared=True) as part:
        part.write_text(json.dumps(asdict(speed)), "ascii")
