"""Talks to be heard live: real sentences with pauses between, and what came of them."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from app.audio.waveform import Samples
from benchmarks.sentences import AFTER, BEFORE, RATE, read

PAUSE_S = 1.0
EARLY_S = 0.5  # by which the last word of a final may end before its sentence does
CLEAN = [(name, text) for name, text in (*BEFORE, *AFTER) if "noisy" not in name]


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said in a stream. ends_s: of its sentences."""

    path: Path
    text: str
    ends_s: tuple[float, ...]


@dataclass(slots=True)
class Heard:
    """What came of a stream. finals: when each came, and up to where; partials: their delays. In s."""

    text: list[str] = field(default_factory=list)
    finals: list[tuple[float, float]] = field(default_factory=list)
    partials: list[float] = field(default_factory=list)

    def delays(self, talk: Talk) -> list[float]:
        """Return, for each sentence, how long after its end the final came that reaches it."""
        return [
            min((at for at, end in self.finals if end >= said - EARLY_S), default=np.inf) - said
            for said in talk.ends_s
        ]


def make_talk(path: Path, first: int) -> Talk:
    """Write the talk that begins with another sentence for each `first`."""
    said = [*CLEAN[first * 2 :], *CLEAN[: first * 2]]
    parts: list[Samples] = []
    ends_s: list[float] = []
    for name, _ in said:
        parts += [read(name), np.zeros(round(PAUSE_S * RATE), np.float32)]
        ends_s.append(sum(map(len, parts)) / RATE - PAUSE_S)
    soundfile.write(path, np.concatenate(parts), RATE, subtype="PCM_16")
    return Talk(path, " ".join(text for _, text in said), tuple(ends_s))


def together(hear: Callable[[Talk, Heard], None], talks: Sequence[Talk]) -> list[Heard]:
    """Let all talk at once."""
    found = [Heard() for _ in talks]
    threads = [threading.Thread(target=hear, args=pair) for pair in zip(talks, found, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
