"""Clips in the background: kept before they are made, made one by one, taken up after a kill."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from app.audio.waveform import Span
from app.config import Config
from app.errors import BadInput, Conflict, NotFound, Overloaded
from app.jobs import clips as clips_module
from app.jobs.clips import MAX_OF_A_JOB, Clips
from app.jobs.folders import Folders
from app.jobs.job import Job, JobStatus
from app.jobs.job_files import FolderFiles
from app.jobs.results import JobResults
from app.pipeline.clip import ClipRequest
from app.pipeline.corrections import Corrections
from app.pipeline.recording import Recording
from app.progress import Progress

REQUEST = ClipRequest((Span(1.0, 3.0),), "side")


@dataclass
class Scene:
    """Two recordings, and a cutter that writes clips as a test tells it."""

    folders: Folders
    jobs: list[Job]
    made: list[str] = field(default_factory=list)
    during: Callable[[Progress], None] = lambda progress: progress(0.5)

    def clips(self) -> Clips:
        """Begin as a process does that has just started."""
        files = FolderFiles(self.folders)
        return Clips(self.folders, files, cast(JobResults, self), lambda: self.jobs, self.make)

    def corrected(self, job: Job) -> Corrections:
        return Corrections(self.folders.recording(job), 0, (), False)

    def source(self, job: Job) -> Path:
        raise NotFound("it is gone")

    def make(self, recording: Recording, request: ClipRequest, target: Path, progress: Progress) -> Path:
        self.during(progress)
        self.made.append(target.name)
        target.with_suffix(".srt").write_text("1")
        target.with_suffix(".mp4").write_bytes(b"clip")
        return target.with_suffix(".mp4")


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(clips_module, "WAIT_S", 0.001)
    names = ("uploads", "results", "data")
    config = Config(_env_file=None, **{f"{name}_dir": tmp_path / name for name in names})  # type: ignore[arg-type]
    folders = Folders(config)
    jobs = [
        Job(
            id=uuid.uuid4().hex,
            owner="anna",
            name="a.mp4",
            size_bytes=1,
            language="auto",
            stages=("extract",),
            status=JobStatus.DONE,
            created_at=datetime.now(UTC),
        )
        for _ in range(2)
    ]
    for job in jobs:
        folders.result(job.id).mkdir(parents=True)
    return Scene(folders, jobs)


def test_a_clip_waits_is_made_and_is_taken_away(scene: Scene) -> None:
    clips, job = scene.clips(), scene.jobs[0]
    asked = clips.ask(job, REQUEST)
    assert (asked.state, asked.request) == ("waiting", REQUEST)
    seen = []

    def look(progress: Progress) -> None:
        progress(0.5)
        seen.append(clips.get(job, asked.id))

    scene.during = look
    clips.run_once()
    assert [(clip.state, clip.fraction) for clip in seen] == [("running", 0.5)]
    done = clips.get(job, asked.id)
    assert (done.state, done.files) == ("done", ("mp4", "srt"))
    assert clips.file(job, asked.id, "mp4").read_bytes() == b"clip"
    assert clips.of(scene.jobs[1]) == []
    for wrong in (lambda: clips.file(job, asked.id, "mp3"), lambda: clips.get(scene.jobs[1], asked.id)):
        with pytest.raises(NotFound):
            wrong()
    clips.delete(job, asked.id)
    assert list(scene.folders.result(job.id).rglob("*.*")) == []


def test_what_waited_when_the_program_died_is_made_after_the_next_start(scene: Scene) -> None:
    asked = [scene.clips().ask(job, REQUEST).id for job in scene.jobs]
    left = scene.folders.result(scene.jobs[0].id) / "clips" / "x.clip.part"
    left.mkdir()
    later = scene.clips()
    for _ in range(3):
        later.run_once()
    assert sorted(scene.made) == sorted(asked)
    assert not left.exists()
    again = scene.clips()
    again.run_once()
    assert len(scene.made) == 2, "what is there is not made again"


def test_a_clip_that_is_deleted_while_it_is_made_ends(scene: Scene) -> None:
    clips, job = scene.clips(), scene.jobs[0]
    asked = clips.ask(job, REQUEST)

    def delete(progress: Progress) -> None:
        clips.delete(job, asked.id)
        progress(0.6)

    scene.during = delete
    clips.run_once()
    assert scene.made == []
    assert clips.of(job) == []


def test_a_stopped_program_goes_on_with_it_later(scene: Scene) -> None:
    clips, job = scene.clips(), scene.jobs[0]
    asked = clips.ask(job, REQUEST)

    def stop(progress: Progress) -> None:
        clips.stop()
        progress(0.6)

    scene.during = stop
    clips.run_once()
    assert clips.get(job, asked.id).state == "waiting"


@pytest.mark.parametrize("error", [BadInput("wrong %(n)d", n=1), ZeroDivisionError(), OSError(28, "full")])
def test_what_breaks_is_told_and_the_next_one_is_made(scene: Scene, error: Exception) -> None:
    clips, job = scene.clips(), scene.jobs[0]
    first, second = clips.ask(job, REQUEST), clips.ask(job, REQUEST)

    def fail(progress: Progress) -> None:
        scene.during = lambda progress: progress(0.5)
        raise error

    scene.during = fail
    clips.run_once()
    clips.run_once()
    failed = clips.get(job, first.id)
    assert failed.state == "failed"
    assert failed.error
    assert clips.get(job, second.id).state == "done"
    later = scene.clips()
    later.run_once()
    assert later.get(job, first.id).state == "failed"


def test_there_are_not_more_than_there_may_be(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = scene.clips()
    for _ in range(MAX_OF_A_JOB):
        clips.ask(scene.jobs[0], REQUEST)
    with pytest.raises(Conflict):
        clips.ask(scene.jobs[0], REQUEST)
    monkeypatch.setattr(clips_module, "MAX_WAITING", 1)
    full = scene.clips()
    full.ask(scene.jobs[1], REQUEST)
    with pytest.raises(Overloaded):
        full.ask(scene.jobs[1], REQUEST)
    assert len(full.of(scene.jobs[1])) == 1
