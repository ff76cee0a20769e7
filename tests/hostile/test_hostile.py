"""Every hostile file goes through extract, two at a time, as in a busy server."""

import gc
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import psutil
import pytest

from app.audio.limits import Limits
from app.audio.waveform import Span
from app.engines.registry import Engines
from app.errors import BadInput
from app.pipeline.recording import Recording
from app.pipeline.stages.extract import extract
from tests.ffmpegs import ffmpegs_running
from tests.hostile.corpus import EVERY, NEIGHBOUR, SEEDS, Hostile, make_corpus
from tests.long import LONG
from tests.making import TONE, make_media

pytestmark = pytest.mark.slow

LIMITS = Limits(max_duration_s=600, disk_reserve_bytes=0)
# Of several tracks all are taken for speech, so that each is mixed in.
ENGINES = cast(
    Engines,
    SimpleNamespace(
        voice_detector=lambda _: SimpleNamespace(detect=lambda sound, _: (Span(0.0, sound.duration_s),))
    ),
)
LONG_AGO = 1_000_000
DAMAGES = (
    *(f"first-{percent}-percent" for percent in (1, 10, 33, 66, 97)),
    *(f"{n_flips}-flips" for n_flips in (1, 10, 100, 1000)),
    *("random-body", "hole", "headless", "header-of-another", "twice"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    hostile: Hostile
    error: Exception | None
    duration_s: float
    took_s: float
    files: frozenset[str]


@dataclass(frozen=True, slots=True)
class Run:
    outcomes: list[Outcome]
    neighbours: list[Path]
    took_s: float
    fds_left: int
    ffmpegs_left: list[psutil.Process]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    corpus = make_corpus(tmp_path_factory.mktemp("made"))
    folder = tmp_path_factory.mktemp("jobs")
    neighbour = make_media(folder / NEIGHBOUR, *TONE)
    os.utime(neighbour, (LONG_AGO, time.time()))
    gc.collect()  # what tests before this one have left is closed now, not meanwhile
    fds, started = psutil.Process().num_fds(), time.monotonic()

    def one(numbered: tuple[int, Hostile]) -> Outcome:
        number, hostile = numbered
        job = folder / str(number)
        job.mkdir()
        (job / NEIGHBOUR).hardlink_to(neighbour)
        (job / "source").write_bytes(hostile.content)
        begun, error, duration_s = time.monotonic(), None, 0.0
        try:
            recording = Recording(hostile.name, job / "source", job, limits=LIMITS)
            media = extract(recording, ENGINES, lambda _: None).media
            duration_s = media.duration_s or 0.0 if media else 0.0
        except Exception as caught:
            error = caught
        files = frozenset(path.name for path in job.iterdir()) - {NEIGHBOUR, "source"}
        return Outcome(hostile, error, duration_s, time.monotonic() - begun, files)

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(one, enumerate(corpus)))
    took_s = time.monotonic() - started
    return Run(outcomes, [neighbour], took_s, psutil.Process().num_fds() - fds, ffmpegs_running())


def test_there_are_enough_of_them_and_each_is_made_the_same_every_time(run: Run, tmp_path: Path) -> None:
    first = {outcome.hostile.name: outcome.hostile.content for outcome in run.outcomes}
    assert len(run.outcomes) >= (400 if LONG else 250)
    for damage in DAMAGES:
        assert sum(name.startswith(f"{damage}.") for name in first) >= len(SEEDS) // EVERY, damage
    for suffix in SEEDS:
        assert sum(name.endswith(f".{suffix}") for name in first) > 3, suffix
    again = {hostile.name: hostile.content for hostile in make_corpus(tmp_path)}
    assert [name for name, content in again.items() if first[name] != content] == []


def test_each_ends_in_success_or_in_one_clear_sentence(run: Run) -> None:
    for outcome in run.outcomes:
        if outcome.error is None:
            assert outcome.duration_s > 0
            continue
        assert isinstance(outcome.error, BadInput), outcome.hostile.name
        said = str(outcome.error)
        assert said[0].isupper(), outcome.hostile.name
        assert said.endswith("."), outcome.hostile.name
        assert "/" not in said, outcome.hostile.name
        assert 20 < len(said) < 150, outcome.hostile.name


def test_what_is_certain_ends_as_it_must(run: Run) -> None:
    wrong = [
        (outcome.hostile.name, outcome.hostile.verdict, str(outcome.error))
        for outcome in run.outcomes
        if outcome.hostile.verdict != "either"
        and (outcome.error is None) != (outcome.hostile.verdict == "good")
    ]
    assert wrong == []


def test_a_success_leaves_speech_and_a_refusal_leaves_nothing(run: Run) -> None:
    for outcome in run.outcomes:
        left = outcome.files - {"poster.jpg"}
        assert left == (set() if outcome.error else {"speech.wav", "listen.mp3", "waveform.json"}), (
            outcome.hostile.name
        )
        assert outcome.error is None or not outcome.files, outcome.hostile.name


def test_no_child_no_thread_and_no_descriptor_is_left(run: Run) -> None:
    assert run.ffmpegs_left == []
    assert [thread.name for thread in threading.enumerate() if "ffmpeg" in thread.name] == []
    assert run.fds_left <= 0, "fewer are those of other tests, closed meanwhile"


def test_no_file_reads_the_recording_of_a_neighbour(run: Run) -> None:
    (neighbour,) = run.neighbours
    before_looking = neighbour.stat().st_atime
    neighbour.read_bytes()
    if neighbour.stat().st_atime == LONG_AGO:
        pytest.skip("this file system does not record when a file was read")
    assert before_looking == LONG_AGO


def test_none_takes_long(run: Run) -> None:
    """On an idle machine of two cores all take 15 s, and the slowest 3 s; a busy one gets its time."""
    assert max(outcome.took_s for outcome in run.outcomes) < 20
    assert run.took_s < 120
