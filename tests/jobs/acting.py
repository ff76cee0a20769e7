"""Stages as plain functions that leave real artifacts, and that wait, break or count as a test says."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np

from app.audio.media import Media
from app.documents.diarization import Diarization, Turn
from app.documents.minutes import Minutes, Point
from app.documents.speakers import with_recognized, with_speakers
from app.documents.transcript import Segment, Transcript
from app.engines.base import Embedding
from app.engines.registry import Engines
from app.jobs.job import Job
from app.jobs.service import JobService
from app.pipeline import Stage, corrections
from app.pipeline.recording import Recording
from app.progress import Progress

SOUND_S = 60.0


class Acting:
    """Five stages. `runs` counts what each did, by (stage, recording's name)."""

    def __init__(self) -> None:
        self.engines = cast(Engines, SimpleNamespace(device=SimpleNamespace(kind="cpu")))  # for nothing else
        self.stages: dict[str, Stage] = {
            name: self._stage(name, act)
            for name, act in (
                ("extract", _extract),
                ("transcribe", _transcribe),
                ("diarize", _diarize),
                ("summarize", _summarize),
                ("vectorize", _vectorize),
            )
        }
        self.runs: Counter[tuple[str, str]] = Counter()
        self.order: list[str] = []
        self.raises: dict[str, BaseException] = {}
        self.reached = threading.Semaphore(0)
        self._held: set[str] = set()
        self._free = threading.Event()
        self._lock = threading.Lock()

    def hold(self, stage: str) -> None:
        """Let every job stop in the middle of a stage, reporting, until `go_on` or a cancel."""
        self._held.add(stage)
        self._free.clear()

    def go_on(self) -> None:
        self._held.clear()
        self._free.set()

    def wait_until_reached(self) -> None:
        """Wait until one more job has come to the held stage."""
        assert self.reached.acquire(timeout=60)

    def _stage(self, name: str, act: Callable[[Recording], Recording]) -> Stage:
        def stage(recording: Recording, _: Engines, progress: Progress) -> Recording:
            with self._lock:
                self.runs[name, recording.name] += 1
                self.order.append(recording.name)
            progress(0.5)
            if name in self._held:
                self.reached.release()
                while not self._free.wait(0.01):
                    progress(0.5)
            if name in self.raises:
                raise self.raises[name]
            return act(recording)

        return stage


def _extract(recording: Recording) -> Recording:
    speech = recording.folder / "speech.wav"
    speech.write_bytes(recording.source.read_bytes())
    return replace(recording, media=Media(SOUND_S, "wav", "pcm_s16le", 16000, 1), speech=speech)


def _transcribe(recording: Recording) -> Recording:
    assert recording.speech is not None
    said = Segment(0.0, 2.0, recording.speech.read_text(encoding="utf-8"))
    return replace(recording, transcript=Transcript((said,), "ru", "an actor", SOUND_S))


def _diarize(recording: Recording) -> Recording:
    assert recording.transcript is not None
    turns = (Turn(0.0, 2.0, "Speaker 1"),)
    known = {"Speaker 1": recording.known_voices[0].name} if recording.known_voices else {}
    transcript = with_recognized(with_speakers(recording.transcript, turns), known)
    told = Diarization(turns, "an actor", recognized=known)
    return replace(recording, diarization=told, transcript=transcript)


def _summarize(recording: Recording) -> Recording:
    said = corrections.load(recording).recording.transcript
    assert said is not None
    point = Point(said.text.upper(), 0.0)
    return replace(recording, minutes=Minutes("ru", "an actor", decisions=(point,)))


def _vectorize(recording: Recording) -> Recording:
    assert recording.speech is not None
    seed = sum(recording.speech.read_bytes())
    vector = np.random.default_rng(seed).standard_normal(8).astype(np.float32)
    return replace(recording, embedding=Embedding(vector, "an actor", recording.pooling))


def upload(service: JobService, text: str = "привет") -> Path:
    path = service.incoming()
    path.write_text(text, encoding="utf-8")
    return path


def submit(service: JobService, name: str = "совещание.mp4", owner: str = "anna") -> Job:
    return service.submit(owner, name, upload(service, name), duration_s=SOUND_S)


def wait_until(service: JobService, holds: Callable[[Job], bool], job: Job, timeout_s: float = 60) -> Job:
    """Wait, by the service's own changes, until a job is as it should be."""
    seen, until = service.changes.version(job.owner), time.monotonic() + timeout_s
    while not holds(now := service.get(job.owner, job.id)):
        assert time.monotonic() < until, f"still {now}"
        seen = service.changes.wait(job.owner, seen, 1.0)
    return now


def wait_until_ended(service: JobService, job: Job) -> Job:
    return wait_until(service, lambda job: job.status.ended, job)
