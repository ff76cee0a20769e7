"""Folders: what lies where, and what goes."""

import os
import uuid
from pathlib import Path

import pytest

from app.config import Config
from app.jobs.folders import Folders

AGES_AGO = 1_000_000.0


@pytest.fixture
def folders(config: Config) -> Folders:
    folders = Folders(config)
    folders.make()
    return folders


def accept(folders: Folders, content: str = "sound") -> str:
    upload = folders.incoming / uuid.uuid4().hex
    upload.write_text(content)
    job_id = uuid.uuid4().hex
    folders.accept(job_id, upload)
    return job_id


def grow_old(path: Path) -> None:
    for inner in (*path.rglob("*"), path):
        os.utime(inner, (AGES_AGO, AGES_AGO))


def test_an_upload_can_be_returned(folders: Folders) -> None:
    job_id = accept(folders)
    back = folders.incoming / "back"
    folders.return_upload(job_id, back)
    assert back.read_text() == "sound"
    assert folders.jobs(older_than=float("inf")) == set()


def test_who_has_a_file_open_may_read_on_while_it_is_removed(folders: Folders) -> None:
    job_id = accept(folders)
    with folders.source(job_id).open() as reader:
        folders.remove(job_id)
        assert reader.read() == "sound"
    assert folders.empty_trash() == 0


def test_what_is_only_good_for_going_on_goes_files_and_folders(folders: Folders) -> None:
    job_id = accept(folders)
    result = folders.result(job_id)
    (result / "clip.page.x.part").mkdir()
    (result / "clip.page.x.part" / "recording.mp4").write_text("half")
    (result / "transcribe.checkpoint.part").write_text("some")
    (result / "transcript.json").write_text("{}")
    folders.drop_parts(job_id)
    assert [path.name for path in result.iterdir()] == ["transcript.json"]


def test_removing_twice_or_what_was_never_there_is_no_error(folders: Folders) -> None:
    job_id = accept(folders)
    folders.remove(job_id)
    folders.remove(job_id)
    assert not folders.source(job_id).exists()


def test_a_removal_that_was_cut_short_is_finished_later(folders: Folders) -> None:
    cut_short = folders.results / "trash" / uuid.uuid4().hex
    cut_short.mkdir()
    (cut_short / "speech.wav").write_text("sound")
    assert folders.empty_trash() == 1
    assert not cut_short.exists()


def test_a_folder_is_as_old_as_the_newest_thing_in_it(folders: Folders) -> None:
    old, young = accept(folders), accept(folders)
    for job_id in (old, young):
        grow_old(folders.source(job_id).parent)
        grow_old(folders.result(job_id))
    (folders.result(young) / "speech.wav.part").write_text("growing")
    assert old in folders.jobs(older_than=AGES_AGO + 1)
    os.utime(folders.uploads / young / "source", None)
    assert folders.jobs(older_than=AGES_AGO + 1) == {old}


def test_what_is_not_named_like_a_job_is_nobodys_to_delete(folders: Folders) -> None:
    (folders.uploads / "README.md").write_text("a note")
    (folders.results / "my own folder").mkdir()
    assert folders.jobs(older_than=float("inf")) == set()


def test_an_upload_that_nobody_writes_to_goes(folders: Folders) -> None:
    stale, fresh = folders.incoming / "stale.part", folders.incoming / "fresh.part"
    for path in (stale, fresh):
        path.write_text("half")
    os.utime(stale, (AGES_AGO, AGES_AGO))
    assert folders.drop_stale_uploads(older_than=AGES_AGO + 1) == 1
    assert fresh.exists()
    assert not stale.exists()
