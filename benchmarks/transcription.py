"""Whisper base on one thread, beside the `whisper` command and faster-whisper: same weights, same recording.

Five minutes of real speech are put together: read sentences, clean and noisy, and between them people far
from one microphone and on the telephone, whose words are not known. That is one order of the sentences; how
many words are wrong is told of several, without the people between. KONSPEKT_TEST_MEDIA names their folder.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from app.audio.waveform import Samples
from app.engines.weights.catalogue import find
from app.engines.weights.fetch import fetch
from benchmarks import orders, rounds
from benchmarks.figure import Figure
from benchmarks.sentences import AFTER, BEFORE, RATE, Sentences, joined, read, spelled
from benchmarks.transcription_child import RECOGNIZERS
from tests.engines.whisper.test_real_weights import CACHE
from tests.speech import word_error_rate

TAKES_MIN = 9
ORDERS = rounds.of(4, 10)
LENGTHS_MIN = rounds.of((1, 6), (1, 6, 20, 60))
AGAIN = 2  # times that the shortest is heard before the longer one
ONLY_LONG = () if rounds.LONG else ("fast", "best")
BETWEEN = (*(f"ami/trn0{n}.flac" for n in range(1, 6)), "ami/sample.flac")


def measure() -> Iterator[Figure]:
    weights = find("faster-whisper-base")
    fetch(weights, CACHE, lambda _: None)
    hear = partial(_hear, weights.folder(CACHE))
    with tempfile.TemporaryDirectory() as made:
        sound = Path(made) / "talk.wav"
        talk = _put_together(sound, BEFORE, AFTER)
        found = {name: hear(name, [sound])[0] for name in RECOGNIZERS if name not in ONLY_LONG}
        for name, heard in found.items():
            yield Figure(f"{name}: processor", heard["cost_s"], " s")
            yield Figure(f"{name}: memory", heard["memory_mb"], " MB")
            if name != "faster-whisper in batches":  # its lines run over the border of what is known
                yield Figure(f"one order, {name}: word error rate", talk.wrong(heard["heard"]))
        ours, command = found["balanced"], found["whisper command"]
        batches = found["faster-whisper in batches"]
        yield Figure("ours over the whisper command", ours["cost_s"] / command["cost_s"], at_most=1 / 8)
        yield Figure("ours over faster-whisper in batches", ours["cost_s"] / batches["cost_s"], at_most=1.05)
        yield Figure(
            "ours in torch over the command", found["torch"]["cost_s"] / command["cost_s"], at_most=1 / 6
        )
        yield Figure("memory", ours["memory_mb"], " MB", at_most=700)
        yield from orders.measure(ORDERS, hear)
        yield from lengths(LENGTHS_MIN, hear, sound)


def lengths(minutes: Sequence[int], hear: orders.Hear, sound: Path) -> Iterator[Figure]:
    """Hear the same minute once and again and again: what a minute costs, and the memory.

    One process hears the shortest before and after the longer one, since a machine is not as fast at all
    times. What it loads at its first hearing is not counted.
    """
    minute = np.concatenate([read(name) for name in ("ami/sample.flac", *_names(BEFORE))])[: 60 * RATE]
    shortest, *longer = minutes
    short = sound.with_stem("short")
    _write(short, minute, shortest)
    for n in longer:
        _write(sound, minute, n)
        first, *_, before, long, after = hear("balanced", [short] * AGAIN + [sound, short])
        over = f"{n} minutes over {shortest}"
        cost_s = (before["cost_s"] + after["cost_s"]) / 2 / shortest
        yield Figure(
            f"{over}: cost of a minute", long["cost_s"] / n / cost_s, "x", at_most=1.05, at_least=0.95
        )
        yield Figure(f"{over}: memory", long["memory_mb"] - first["memory_mb"], " MB", at_most=100)


def _write(path: Path, minute: Samples, times: int) -> None:
    with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16") as file:
        for _ in range(times):
            file.write(minute)


@dataclass(frozen=True, slots=True)
class Talk:
    """A recording of known sentences, but for what is said from `first` to `last`, in s. said: their text."""

    said: str
    first: float
    last: float

    def wrong(self, heard: Sequence[tuple[float, float, str]]) -> float:
        """Return the word error rate."""
        known = [text for start, end, text in heard if not self.first < (start + end) / 2 < self.last]
        return word_error_rate(spelled(self.said), spelled(" ".join(known)))


def _put_together(path: Path, before: Sentences, after: Sentences) -> Talk:
    """Write the recording, with people between whose words are not known."""
    parts = [joined(names) for names in (_names(before), BETWEEN, _names(after))]
    soundfile.write(path, np.concatenate(parts), RATE)
    first = len(parts[0]) / RATE
    said = " ".join(text for _, text in (*before, *after))
    return Talk(said, first, first + len(parts[1]) / RATE)


def _names(said: Sentences) -> list[str]:
    return [name for name, _ in said]


def _hear(folder: Path, name: str, sounds: Sequence[Path]) -> list[dict[str, Any]]:
    """Let one process hear recordings, one after another."""
    command = [sys.executable, "-m", "benchmarks.transcription_child", name, str(folder), *map(str, sounds)]
    env = os.environ | {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
    return [json.loads(line) for line in done.stdout.splitlines()[-len(sounds) :]]
