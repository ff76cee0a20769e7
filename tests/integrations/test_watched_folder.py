"""Recordings in a watched folder become jobs, once each, and come to rest beside their documents."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

import pytest
from flask import Flask

from app.config import Config
from app.errors import BadInput, EngineFailed
from app.integrations.submitting import OWNER
from app.integrations.watched_folder import PAUSE_S, WatchedFolder
from app.jobs.job import Job, JobPriority, JobStatus
from app.jobs.service import JobService
from app.web.core.context import konspekt
from app.web.core.documents import renderer
from tests.jobs.acting import Acting, submit
from tests.web.conftest import make_app, speech, templates, tone

__all__ = ["make_app", "speech", "templates", "tone"]
pytestmark = pytest.mark.usefixtures("speech")

SETTLE_S = 10.0


class Watched:
    """A folder, what watches it, and a clock that the test moves."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.jobs: JobService = konspekt(app).jobs
        self.now_s = 0.0
        self.start()

    def start(self) -> None:
        """Begin to watch with nothing in memory, as a program that was started again."""
        config = konspekt(self.app).config
        assert config.watch_dir is not None
        self.folder: Path = config.watch_dir
        self.folder.mkdir(exist_ok=True)
        self.watcher = WatchedFolder(config, self.jobs, renderer(self.app))

    def look(self, after_s: float = SETTLE_S) -> None:
        self.now_s += after_s
        self.watcher.run_once(self.now_s)

    def sent(self) -> list[Job]:
        """Look until what lies there has settled; return the jobs of the folder."""
        self.look()
        self.look()
        return self.jobs.list(OWNER)

    def work(self) -> None:
        while self.jobs.worker.run_once():
            pass
        self.look(1)

    def names(self) -> list[str]:
        return sorted(
            path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()
        )


@pytest.fixture
def make_watched(make_app: Callable[..., Flask], tmp_path: Path) -> Callable[..., Watched]:
    return lambda **settings: Watched(
        make_app(watch_dir=tmp_path / "inbox", watch_settle_s=SETTLE_S, **settings)
    )


@pytest.fixture
def watched(make_watched: Callable[..., Watched]) -> Watched:
    return make_watched()


def test_a_recording_becomes_its_documents_and_lies_beside_them(watched: Watched, tone: bytes) -> None:
    (watched.folder / "team").mkdir()
    (watched.folder / "team/Встреча.wav").write_bytes(tone)
    (job,) = watched.sent()
    assert (job.name, job.priority, job.language) == ("Встреча.wav", JobPriority.BATCH, "auto")
    assert job.duration_s == pytest.approx(1, abs=0.1)
    watched.work()
    beside = ["Встреча.minutes.docx", "Встреча.transcript.txt", "Встреча.wav"]
    assert watched.names() == [f"done/team/{name}" for name in beside]
    assert "We meet on Monday." in (watched.folder / "done/team" / beside[1]).read_text("utf-8-sig")
    assert (watched.folder / "done/team" / beside[0]).read_bytes().startswith(b"PK")
    assert (watched.folder / "done/team" / beside[2]).read_bytes() == tone
    assert len(watched.sent()) == 1, "what is done is not done again"


def test_what_settings_ask_for(make_watched: Callable[..., Watched], tone: bytes) -> None:
    watched = make_watched(watch_documents="transcript.srt", watch_language="Russian", watch_speakers=True)
    watched.watcher.check()
    (watched.folder / "a.wav").write_bytes(tone)
    (job,) = watched.sent()
    assert job.language == "ru"
    assert "diarize" in job.stages
    watched.work()
    assert watched.names() == ["done/a.transcript.srt", "done/a.wav"]


@pytest.mark.parametrize("wrong", [{"watch_documents": "minutes.doc"}, {"watch_language": "Klingonese"}])
def test_settings_that_name_what_there_is_not_are_refused(wrong: dict[str, str]) -> None:
    config = Config(_env_file=None, watch_dir="inbox", **wrong)  # type: ignore[call-arg, arg-type]
    with pytest.raises(BadInput, match=next(iter(wrong)).upper()):
        WatchedFolder(config, cast(JobService, None), lambda job, files: {}).check()


def test_a_program_that_was_killed_goes_on_and_does_nothing_twice(
    watched: Watched, tone: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (watched.folder / "a.wav").write_bytes(tone)
    watched.sent()
    watched.start()
    assert len(watched.sent()) == 1, "its job is there already"
    watched.jobs.worker.run_once()
    watched.start()
    with monkeypatch.context() as patch:  # between documents and recording
        patch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(OSError("killed here")))
        watched.sent()
    documents = ["done/a.minutes.docx", "done/a.transcript.txt"]
    assert watched.names() == ["a.wav", *documents]
    watched.start()
    watched.sent()
    assert watched.names() == [*documents, "done/a.wav"]
    assert len(watched.jobs.list(OWNER)) == 1


def test_nothing_that_lies_there_is_replaced(watched: Watched, tone: bytes) -> None:
    for number in (1, 2):
        path = watched.folder / "a.wav"
        path.write_bytes(tone)
        os.utime(path, (number, number))
        watched.sent()
        watched.work()
    (watched.folder / "done/b.minutes.docx").write_bytes(b"my own")
    (watched.folder / "b.wav").write_bytes(tone)
    watched.sent()
    watched.work()
    of_a = [f"done/a{n}.{kind}" for n in (" (2)", "") for kind in ("minutes.docx", "transcript.txt", "wav")]
    of_b = [f"done/b (2).{kind}" for kind in ("minutes.docx", "transcript.txt", "wav")]
    assert watched.names() == [*of_a, *of_b, "done/b.minutes.docx"]
    assert (watched.folder / "done/b.minutes.docx").read_bytes() == b"my own"


def test_what_cannot_be_heard_says_why_and_the_others_go_on(watched: Watched, tone: bytes) -> None:
    (watched.folder / "a.mp4").write_bytes(b"no recording at all")
    (watched.folder / "b.wav").write_bytes(tone)
    (job,) = watched.sent()
    assert job.name == "b.wav"
    assert watched.names() == ["b.wav", "failed/a.error.txt", "failed/a.mp4"]
    assert (watched.folder / "failed/a.error.txt").read_text("utf-8").strip().endswith(".")


def test_one_that_failed_is_tried_again_when_it_is_put_back(
    watched: Watched, tone: bytes, acting: Acting
) -> None:
    (watched.folder / "a.wav").write_bytes(tone)
    acting.raises["transcribe"] = EngineFailed("The model broke.")
    watched.sent()
    watched.work()
    assert watched.names() == ["failed/a.error.txt", "failed/a.wav"]
    assert (watched.folder / "failed/a.error.txt").read_text("utf-8") == "The model broke.\n"
    acting.raises.clear()
    (watched.folder / "failed/a.wav").rename(watched.folder / "a.wav")
    assert [job.status for job in watched.sent()] == [JobStatus.QUEUED]
    watched.work()
    assert "done/a.wav" in watched.names()


def test_people_find_places_in_the_queue_beside_a_full_folder(
    make_watched: Callable[..., Watched], tone: bytes
) -> None:
    watched = make_watched(max_active_jobs=4)
    for number in range(5):
        (watched.folder / f"{number}.wav").write_bytes(tone)
    assert len(watched.sent()) == 2
    submit(watched.jobs)
    submit(watched.jobs)
    watched.look()
    assert len(watched.jobs.list(OWNER)) == 2
    for _ in range(5):
        watched.work()
    assert sum(name.endswith(".wav") and name.startswith("done/") for name in watched.names()) == 5


def test_a_file_that_cannot_be_read_or_grows_meanwhile_waits_and_the_others_go_on(
    watched: Watched, tone: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("grows", "locked", "whole"):
        (watched.folder / f"{name}.wav").write_bytes(tone)
    copyfile = shutil.copyfile

    def copied(source: Path, target: Path, **how: bool) -> None:
        if source.stem == "locked":
            raise PermissionError("in use by another program")
        copyfile(source, target, **how)
        if source.stem == "grows":
            source.write_bytes(tone + tone[44:])

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", copied)
        assert [job.name for job in watched.sent()] == ["whole.wav"]
    assert not [*konspekt(watched.app).config.incoming_dir.glob("*.part")]
    watched.look(PAUSE_S)
    assert len(watched.sent()) == 3


def test_those_whose_documents_cannot_be_written_keep_no_other_waiting(
    watched: Watched, tone: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: dict[str, Exception] = {"a.wav": EngineFailed("no font"), "b.wav": ZeroDivisionError()}
    for name in (*errors, "c.wav"):
        (watched.folder / name).write_bytes(tone)
    watched.sent()
    render = watched.watcher._render

    def rendered(job: Job, names: Sequence[str]) -> Mapping[str, bytes]:
        if job.name in errors:
            raise errors[job.name]
        return render(job, names)

    with monkeypatch.context() as patch:
        patch.setattr(watched.watcher, "_render", rendered)
        watched.work()
    assert [path.name for path in (watched.folder / "done").glob("*.wav")] == ["c.wav"]
    watched.look(PAUSE_S)
    assert len([*(watched.folder / "done").glob("*.wav")]) == 3


def test_a_folder_that_is_away_is_looked_for_again(watched: Watched, tone: bytes) -> None:
    watched.folder.rmdir()
    watched.folder.write_text("no folder")
    watched.look()
    watched.folder.unlink()
    watched.folder.mkdir()
    (watched.folder / "a.wav").write_bytes(tone)
    watched.look(1)
    assert not (watched.folder / "done").exists()
    watched.look(PAUSE_S)
    assert len(watched.sent()) == 1


def test_a_name_as_long_as_may_be_leaves_room_for_its_documents(watched: Watched, tone: bytes) -> None:
    """Of Russian letters 125 are enough; each document was tried again every minute, without end."""
    name = "о" * 125
    (watched.folder / f"{name}.wav").write_bytes(tone)
    (watched.folder / f"{name[1:]}a.mp3").write_bytes(b"no sound at all")
    watched.sent()
    watched.work()
    done, failed = ([one for one in watched.names() if one.startswith(part)] for part in ("done/", "failed/"))
    assert len(done) == 3
    assert len({Path(one).name.split(".")[0] for one in done}) == 1
    assert sorted(one.partition(".")[2] for one in failed) == ["error.txt", "mp3"]
