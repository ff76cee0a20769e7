"""Real sentences whose words are known, in any order, and what is wrong in what was heard of them.

KONSPEKT_TEST_MEDIA names the folder of their recordings.
"""

import random
import re
from collections.abc import Sequence
from math import gcd

import numpy as np
import soundfile
from rapidfuzz.distance import Levenshtein
from scipy.signal import resample_poly

from app.audio.waveform import Samples
from tests.engines.whisper.test_real_weights import JFK, LJ, THEIRS

RATE, GAP_S = 16_000, 1.0
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


def shuffled(seed: int) -> Sentences:
    """Return the sentences in another order, each once, half of p287's noisy.

    What is heard of noise hangs on what was said before. A sentence that is said twice is none of it: who is
    told the text before reads the noisy one off the clean one.
    """
    chance = random.Random(seed)
    noisy = chance.sample(range(len(_P287)), len(_P287) // 2)
    said = [*BEFORE[: -len(_P287)]]
    for n, text in enumerate(_P287):
        said.append((f"p287_00{n + 1}_{'noisy' if n in noisy else 'clean'}.wav", text))
    return chance.sample(said, len(said))


def joined(names: Sequence[str]) -> Samples:
    """Put recordings together, with a pause after each."""
    gap = np.zeros(round(GAP_S * RATE), np.float32)
    return np.concatenate([piece for name in names for piece in (read(name), gap)])


def read(name: str) -> Samples:
    samples, rate = soundfile.read(THEIRS / name, dtype="float32", always_2d=True)
    common = gcd(rate, RATE)
    resampled: Samples = resample_poly(samples.mean(axis=1), RATE // common, rate // common)
    return resampled.astype(np.float32)


def wrong_words(said: Sequence[str], heard: str) -> list[int]:
    """Return how many words of each sentence are wrong; one too many counts where it stands."""
    sentences = [_words(text) for text in said]
    owner = [n for n, words in enumerate(sentences) for _ in words]
    wrong = [0] * len(sentences)
    for step in Levenshtein.editops([word for words in sentences for word in words], _words(heard)):
        wrong[owner[min(step.src_pos, len(owner) - 1)]] += 1
    return wrong


def n_words(text: str) -> int:
    return len(_words(text))


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", spelled(text).lower())


def spelled(text: str) -> str:
    for digit, word in (("3", "three"), ("5", "five"), ("6", "six")):
        text = re.sub(rf"\b{digit}\b", word, text)
    return text.replace("-", " ")
