"""Which chat model suits this machine: by its memory, and by the tokens a second that it reads and writes.

llama.cpp says with each answer how fast it was; the quickest so far is kept in `data_dir`. Until then it is
reckoned from what two cores did.
"""

import json
from dataclasses import asdict, dataclass

from app.audio.atomic import atomic_write
from app.config import Config
from app.engines.chat.gguf_files import MEMORY_SHARE, memory_bytes
from app.engines.choosing.whisper_sizes import machine

FILE = "chat-speed.json"
LONGEST_S = 2 * 3600.0  # that the minutes of an hour may take for a model to be chosen or advised
_BETTER = 1.05  # times what is known, to be kept

# Qwen2.5-Coder 1.5B Q4_K_M, two busy cores (README, GGUF). Reading goes with the cores; writing is bound by
# the memory, which four cores use up.
_BYTES, _READS, _WRITES, _CORES, _CORES_THAT_WRITE = 1.117e9, 32.0, 9.0, 2, 4

# How minutes are written (`summarization.writing`), by bytes of weights at four bits a number
_LEAST_LINES_BYTES, _LEAST_WHOLE_BYTES = 0.9e9, 1.9e9
# Tokens of an hour (9,000 words in Russian; development meetings of the tests): of titles only; of 830 lines
# of 160 and 15; of nine parts of the meeting, 2,800 and 1,000
_TITLES, _LINES, _WHOLE = (3_000, 500), (133_000, 12_500), (25_300, 9_000)


@dataclass(frozen=True, slots=True)
class ChatSpeed:
    """Tokens a second that weights of `size_bytes` read and write on a machine of this kind."""

    kind: str
    n_cores: int
    size_bytes: int
    reads: float
    writes: float

    def hour_s(self, size_bytes: int) -> float:
        """Reckon how long minutes of an hour's meeting take with weights of another size."""
        read, written = _tokens(size_bytes)
        return (read / self.reads + written / self.writes) * size_bytes / self.size_bytes


def measured(config: Config, kind: str) -> ChatSpeed | None:
    """Return what was measured on this machine as it is; None: nothing was."""
    try:
        speed = ChatSpeed(**json.loads((config.data_dir / FILE).read_text("ascii")))
        usable = all(0 < float(one) < float("inf") for one in (speed.size_bytes, speed.reads, speed.writes))
    except (OSError, ValueError, TypeError):
        return None
    return speed if usable and (speed.kind, speed.n_cores) == machine(config, kind) else None


def expected(config: Config, kind: str) -> ChatSpeed | None:
    """Return what is measured, else reckoned from two cores; None for a GPU of which nothing is known."""
    known = measured(config, kind)
    if known is not None or kind != "cpu":
        return known
    n_cores = machine(config, kind)[1]
    writes = _WRITES * min(n_cores, _CORES_THAT_WRITE) / _CORES
    return ChatSpeed(kind, n_cores, round(_BYTES), _READS * n_cores / _CORES, writes)


def learn(config: Config, kind: str, size_bytes: int, reads: float, writes: float) -> None:
    """Keep what an answer has shown, where it was quicker than what is known: others use the machine too."""
    known = measured(config, kind)
    speed = ChatSpeed(*machine(config, kind), size_bytes, reads, writes)
    if known is None or known.hour_s(size_bytes) > _BETTER * speed.hour_s(size_bytes):
        with atomic_write(config.data_dir / FILE, shared=True) as part:
            part.write_text(json.dumps(asdict(speed)), "ascii")


def hour_s(config: Config, kind: str, size_bytes: int) -> float | None:
    """Tell how long minutes of an hour's meeting take with weights of this size; None: not known."""
    speed = expected(config, kind)
    return speed.hour_s(size_bytes) if speed else None


def fits(size_bytes: int) -> bool:
    """Tell whether weights leave this machine enough of its memory."""
    return size_bytes <= memory_bytes() * MEMORY_SHARE


def quick_enough(config: Config, kind: str, size_bytes: int) -> bool:
    took_s = hour_s(config, kind, size_bytes)
    return took_s is None or took_s <= LONGEST_S


def _tokens(size_bytes: int) -> tuple[int, int]:
    if size_bytes >= _LEAST_WHOLE_BYTES:
        return _WHOLE
    return _LINES if size_bytes >= _LEAST_LINES_BYTES else _TITLES
