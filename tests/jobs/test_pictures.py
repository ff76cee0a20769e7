"""Videos for browsers: made after the job, one by one, and after a restart."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from app.audio.media import Media
from app.errors import EngineFailed
from app.jobs import pictures as pictures_module
from app.jobs.folders import Folders
from app.jobs.job import Job
from app.jobs.job_files import FolderFiles
from app.jobs.pictures import Pictures
from app.jobs.results import JobResults
from app.pipeline.playback import PICTURE
from app.pipeline.recording import Recording
from app.progress import Progress
from tests.jobs.test_clips import Scene as Clipping
from tests.jobs.test_clips import scene as clipping  # noqa: F401  a fixture

AVI = Media(2.0, "avi", "mp3", 16_000, 1, "mpeg4", 320, 180)


@dataclass
class Scene:
    """Two recordings that no browser plays, and a converter that does what a test tells it."""

    folders: Folders
    jobs: list[Job]
    media: Media = AVI
    made: list[Path] = field(default_factory=list)
    during: Callable[[Progress], None] = lambda progress: progress(0.5)

    def pictures(self) -> Pictures:
        """Begin as a process does that has just started."""
        return Pictures(self.folders, FolderFiles(self.folders), cast(JobResults, self), lambda: self.jobs)

    def recording(self, job: Job, stages: object = None) -> Recording:
        return replace(self.folders.recording(job), media=self.media)

    def has_file(self, job: Job, name: str) -> bool:
        return (self.folders.result(job.id) / name).is_file()

    def source(self, job: Job) -> Path:
        return self.folders.source(job.id)

    def make(self, source: Path, media: Media, target: Path, progress: Progress) -> None:
        self.during(progress)
        self.made.append(target)
        target.write_bytes(b"video")


@pytest.fixture
def scene(clipping: Clipping, monkeypatch: pytest.MonkeyPatch) -> Scene:  # noqa: F811
    scene = Scene(clipping.folders, clipping.jobs)
    monkeypatch.setattr(pictures_module, "WAIT_S", 0.001)
    monkeypatch.setattr(pictures_module, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(pictures_module, "make_picture", scene.make)
    return scene


def test_a_job_that_is_done_gets_its_picture_and_the_page_hears_how_far_it_is(scene: Scene) -> None:
    job, pictures, seen = scene.jobs[0], scene.pictures(), []
    late = [scene.jobs.pop()]

    def look(progress: Progress) -> None:
        progress(0.5)
        seen.append(pictures.want(job))

    scene.during = look
    pictures.run_once()
    assert seen == [0.5]
    assert (scene.folders.result(job.id) / PICTURE).read_bytes() == b"video"
    pictures.run_once()
    assert len(scene.made) == 1, "what is there is not made again"
    scene.jobs += late
    scene.during = lambda progress: progress(0.5)
    pictures.run_once()
    assert len(scene.made) == 2, "what is done later is found later"


def test_what_was_not_made_is_made_after_the_next_start(scene: Scene) -> None:
    pictures = scene.pictures()
    pictures.run_once()
    pictures.run_once()
    assert len(scene.made) == 2


def test_what_browsers_play_stays_as_it_is(scene: Scene) -> None:
    scene.media = replace(AVI, container="mov,mp4", video_codec="h264", audio_codec="aac")
    scene.pictures().run_once()
    scene.media = replace(AVI, video_codec=None)
    scene.pictures().run_once()
    assert scene.made == []


def test_what_cannot_be_made_is_not_tried_again_and_again(scene: Scene) -> None:
    pictures, job = scene.pictures(), scene.jobs[0]
    scene.jobs[1:] = []

    def fail(progress: Progress) -> None:
        scene.during = lambda progress: progress(0.5)
        raise EngineFailed("no picture")

    scene.during = fail
    pictures.run_once()
    assert pictures.want(job) is None
    pictures.run_once()
    assert scene.made == []


def test_a_stopped_program_and_a_deleted_recording_end_the_work(scene: Scene) -> None:
    pictures, job = scene.pictures(), scene.jobs[0]

    def stop(progress: Progress) -> None:
        pictures.stop()
        progress(0.6)

    scene.during = stop
    pictures.run_once()
    assert scene.made == []
    assert pictures.want(job) == 0.0, "it waits again"
