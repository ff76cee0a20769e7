"""Who speaks: error rate, number of speakers, and cost, on talks of voices that nothing was tuned on.

`KONSPEKT_TEST_MEDIA` and `KONSPEKT_TEST_VOICES` name folders of recorded voices (`voices.py`). It takes about
ten minutes on an idle core with all talks (`--long`), half of that without.
"""

import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from app.audio.waveform import SPEECH_RATE_HZ, Waveform
from app.engines.compute.device import Device, Priority
from app.engines.diarization import DiarizeOptions
from app.engines.speakers.clustering import cluster
from app.engines.speakers.diarizer import NetDiarizer
from app.engines.speakers.embedding import embed
from app.engines.speakers.reconstruction import turns
from app.engines.speakers.segmentation import segment
from app.engines.weights.catalogue import find
from app.engines.weights.diarization import CAMPPLUS, SEGMENTATION
from app.engines.weights.fetch import fetch
from benchmarks import rounds
from benchmarks.figure import Figure
from benchmarks.speakers.score import NOTHING, Errors, errors
from benchmarks.speakers.talks import Talk, compose, recorded_clips
from benchmarks.speakers.voices import MEDIA, gathered
from tests.engines.whisper.test_real_weights import CACHE

# Speakers, and how many talks of so many: near the microphone and far from it
TAKES_MIN = 7
TALKS = rounds.of(
    ((1, 1), (2, 1), (3, 1), (4, 1), (6, 1)), ((1, 1), (2, 3), (3, 3), (4, 3), (5, 1), (6, 1), (8, 1))
)
LENGTH_S, LONG_S, SEED = 90.0, 150.0, 500
AMI = ("trn03", "trn04", "trn05", "sample")  # with ten seconds of speech at least


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a talk: found by itself, and with the number of speakers given; seconds of processor."""

    talk: Talk
    n_found: int
    found: Errors
    given: Errors
    seconds: float

    @property
    def duration_s(self) -> float:
        return len(self.talk.samples) / SPEECH_RATE_HZ


def measure() -> Iterator[Figure]:
    weights = find("diarization")
    fetch(weights, CACHE, lambda _: None)
    with Device() as device:
        device.turn(Priority.BATCH, _one_thread)
        diarizer = NetDiarizer(CACHE / SEGMENTATION, CACHE / CAMPPLUS, device)
        results = [_result(talk, diarizer, device) for talk in talks()]
    few = [result for result in results if 2 <= result.talk.n_speakers <= 4 and "AMI" not in result.talk.name]
    near, far = ([result for result in few if result.talk.far == is_far] for is_far in (False, True))
    ami = [result for result in results if "AMI" in result.talk.name]
    yield Figure("error rate, 2 to 4 voices", _rate(near, "found"), at_most=0.20)
    yield Figure("the same, their number given", _rate(near, "given"), at_most=0.15)
    yield Figure("error rate, 2 to 4 voices, far", _rate(far, "found"), at_most=0.28)
    yield Figure("the same, their number given", _rate(far, "given"), at_most=0.22)
    if ami:
        yield Figure("error rate, AMI and telephone", _rate(ami, "found"), at_most=0.28)
        yield Figure("the same, their number given", _rate(ami, "given"), at_most=0.22)
    off = [abs(result.n_found - result.talk.n_speakers) for result in results]
    yield Figure("number of speakers exact", sum(n == 0 for n in off) / len(off), at_least=0.70)
    yield Figure("number of speakers, one off at most", sum(n <= 1 for n in off) / len(off), at_least=0.95)
    cost = sum(result.seconds for result in results) / sum(result.duration_s for result in results)
    yield Figure("real-time factor, one core", cost, at_most=0.10)
    yield Figure("memory of the whole process", _peak_mb(), " MB")


def talks() -> list[Talk]:
    """Return the test set, which nothing was tuned on."""
    voices = gathered("test")
    composed = [
        compose(voices, n, LENGTH_S if n < 5 else LONG_S, far, SEED + number)
        for n, n_talks in TALKS
        for far in (False, True)
        for number in range(n_talks)
    ]
    clips = [name for name in AMI if (MEDIA / "ami" / f"{name}.flac").is_file()]
    return composed + recorded_clips(MEDIA / "ami", clips)


def _result(talk: Talk, diarizer: NetDiarizer, device: Device) -> Result:
    sound = Waveform(talk.samples[None], SPEECH_RATE_HZ)
    began = time.process_time()
    windows = segment(sound, diarizer.segmentation, device, lambda _: None)
    voices = embed(sound, windows, diarizer.voices, device, lambda _: None)
    told = turns(windows, cluster(voices, windows.active.shape, DiarizeOptions()))
    seconds = time.process_time() - began
    number = DiarizeOptions(talk.n_speakers, talk.n_speakers)
    given = turns(windows, cluster(voices, windows.active.shape, number))
    result = Result(
        talk,
        len({turn.speaker for turn in told}),
        errors(talk.turns, told),
        errors(talk.turns, given),
        seconds,
    )
    print(
        f"{talk.name}: {result.n_found} of {talk.n_speakers} found,"
        f" {result.found.rate:.3f}, given {result.given.rate:.3f}",
        file=sys.stderr,
    )
    return result


def _rate(results: Sequence[Result], which: str) -> float:
    return reduce(add, (getattr(result, which) for result in results), NOTHING).rate


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)
