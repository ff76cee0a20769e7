"""Whisper base on one thread, beside the `whisper` command and faster-whisper: same weights, same recording.

Five minutes of real speech are put together: read sentences, clean and noisy, and between them people far
from one microphone and on the telephone, whose words are not known. KONSPEKT_TEST_MEDIA names their folder.
"""

import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from scipy.signal import resample_poly

from app.audio.waveform import Samples
from app.engines.weights.catalogue import find
from app.engines.weights.fetch import fetch
from benchmarks import rounds
from benchmarks.figure import Figure
from benchmarks.transcription_child import RECOGNIZERS
from tests.engines.whisper.test_real_weights import CACHE, JFK, LJ, THEIRS
from tests.speech import word_error_rate

TAKES_MIN = 8
RATE, GAP_S = 16_000, 1.0
ORDERS = rounds.of(1, 5)
COMPARED = ("balanced", "whisper command", "faster-whisper")  # ours first
LENGTHS_MIN = rounds.of((1, 6), (1, 6, 60))
Sentences = Sequence[tuple[str, str]]
_LJ = (
    LJ,
    "in being comparatively modern.",
    "For although the Chinese took impressions from wood blocks engraved in relief for centuries before the"
    " woodcutters of the Netherlands, by a similar process",
    "produced the block books, which were the immediate predecessors of the true printed book,",
)
_P287 = (
    "Please call Stella.",
    "Ask her to bring these things with her from the store.",
    "Six spoons of fresh snow peas, five thick slabs of blue cheese, and maybe a snack for her brother Bob.",
    "We also need a small plastic snake and a big toy frog for the kids.",
    "She can scoop these things into three red bags, and we will go meet her Wednesday at the train station.",
    "When the sunlight strikes raindrops in the air, they act as a prism and form a rainbow.",
)
BEFORE = (
    ("jfk.flac", JFK),
    *((f"LJ001-000{n}.flac", text) for n, text in enumerate(_LJ, 1)),
    *((f"p287_00{n}_{'clean' if n < 4 else 'noisy'}.wav", text) for n, text in enumerate(_P287, 1)),
)
AFTER = tuple((f"p287_00{n}_{'noisy' if n < 4 else 'clean'}.wav", text) for n, text in enumerate(_P287, 1))
BETWEEN = (*(f"ami/trn0{n}.flac" for n in range(1, 6)), "ami/sample.flac")


def measure() -> Iterator[Figure]:
    weights = find("faster-whisper-base")
    fetch(weights, CACHE, lambda _: None)
    with tempfile.TemporaryDirectory() as made:
        sound = Path(made) / "talk.wav"
        talk = _put_together(sound, BEFORE, AFTER)
        found = {name: _run(name, weights.folder(CACHE), sound) for name in RECOGNIZERS}
        wrong = {name: [talk.wrong(heard["heard"])] for name, heard in found.items()}
        for name, heard in found.items():
            yield Figure(f"{name}: processor", heard["cost_s"], " s")
            yield Figure(f"{name}: memory", heard["memory_mb"], " MB")
            if name != "faster-whisper in batches":  # its lines run over the border of what is known
                yield Figure(f"{name}: word error rate", wrong[name][0])
        ours, command = found["balanced"], found["whisper command"]
        batches = found["faster-whisper in batches"]
        yield Figure("ours over the whisper command", ours["cost_s"] / command["cost_s"], at_most=1 / 8)
        yield Figure("ours over faster-whisper in batches", ours["cost_s"] / batches["cost_s"], at_most=1.05)
        yield Figure(
            "ours in torch over the command", found["torch"]["cost_s"] / command["cost_s"], at_most=1 / 6
        )
        yield Figure("memory", ours["memory_mb"], " MB", at_most=700)
        for seed in range(1, ORDERS):
            talk = _put_together(sound, *_shuffled(seed))
            for name in COMPARED:
                heard = _run(name, weights.folder(CACHE), sound)["heard"]
                wrong[name].append(talk.wrong(heard))
                yield Figure(f"order {seed}, {name}: word error rate", wrong[name][-1])
        ours_wrong, *theirs_wrong = (float(np.mean(wrong[name])) for name in COMPARED)
        above = ours_wrong - min(theirs_wrong)
        yield Figure(f"word error rate above the best of them, {ORDERS} orders", above, at_most=0.005)
        yield from _lengths(weights.folder(CACHE), sound)


def _lengths(folder: Path, sound: Path) -> Iterator[Figure]:
    """Hear the same minute once and again and again: what a minute costs, and the memory."""
    minute = np.concatenate([read(name) for name in ("ami/sample.flac", *_names(BEFORE))])[: 60 * RATE]
    found: list[dict[str, Any]] = []
    for minutes in LENGTHS_MIN:
        soundfile.write(sound, np.tile(minute, minutes), RATE)
        found.append(_run("balanced", folder, sound))
    for minutes, heard in zip(LENGTHS_MIN[1:], found[1:], strict=True):
        over = f"{minutes} minutes over one"
        cost = heard["cost_s"] / minutes / found[0]["cost_s"]
        yield Figure(f"{over}: cost of a minute", cost, "x", at_most=1.05, at_least=0.95)
        more_mb = heard["memory_mb"] - found[0]["memory_mb"]
        yield Figure(f"{over}: memory", more_mb, " MB", at_most=100)


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


def _shuffled(seed: int) -> tuple[Sentences, Sentences]:
    """Return the sentences in another order, each once, half of p287's noisy.

    What is heard of noise hangs on what was said before. A sentence that is said twice is none of it: who is
    told the text before reads the noisy one off the clean one.
    """
    chance = random.Random(seed)
    noisy = chance.sample(range(len(_P287)), len(_P287) // 2)
    said = [*BEFORE[: -len(_P287)]]
    for n, text in enumerate(_P287):
        said.append((f"p287_00{n + 1}_{'noisy' if n in noisy else 'clean'}.wav", text))
    order = chance.sample(said, len(said))
    return order[: len(order) // 2], order[len(order) // 2 :]


def _put_together(path: Path, before: Sentences, after: Sentences) -> Talk:
    """Write the recording, with people between whose words are not known."""
    parts = [[read(name) for name in names] for names in (_names(before), BETWEEN, _names(after))]
    gap = np.zeros(round(GAP_S * RATE), np.float32)
    joined = [np.concatenate([piece for sound in part for piece in (sound, gap)]) for part in parts]
    soundfile.write(path, np.concatenate(joined), RATE)
    first = len(joined[0]) / RATE
    said = " ".join(text for _, text in (*before, *after))
    return Talk(said, first, first + len(joined[1]) / RATE)


def _names(said: Sentences) -> list[str]:
    return [name for name, _ in said]


def read(name: str) -> Samples:
    samples, rate = soundfile.read(THEIRS / name, dtype="float32", always_2d=True)
    common = gcd(rate, RATE)
    resampled: Samples = resample_poly(samples.mean(axis=1), RATE // common, rate // common)
    return resampled.astype(np.float32)


def _run(name: str, folder: Path, sound: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.transcription_child", name, str(folder), str(sound)]
    env = os.environ | {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def spelled(text: str) -> str:
    for digit, word in (("3", "three"), ("5", "five"), ("6", "six")):
        text = re.sub(rf"\b{digit}\b", word, text)
    return text.replace("-", " ")
