"""The plain loop over the stages."""

from pathlib import Path

import pytest

from app.errors import BadInput, JobCancelled, StorageUnavailable
from app.pipeline import run
from app.pipeline.recording import Recording
from tests.jobs.acting import Acting

NAMES = ("extract", "transcribe", "summarize")


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    source = tmp_path / "source"
    source.write_text("привет", encoding="utf-8")
    return Recording("a name", source, tmp_path / "result")


@pytest.fixture
def acting() -> Acting:
    return Acting()


def ignore(stage: str, progress: float) -> None:
    pass


def test_each_stage_gets_what_those_before_it_found(recording: Recording, acting: Acting) -> None:
    done = run(NAMES, recording, acting.engines, ignore, acting.stages)
    assert done.minutes is not None
    assert done.minutes.decisions[0].text == "ПРИВЕТ"


def test_what_is_there_is_not_done_again(recording: Recording, acting: Acting) -> None:
    run(NAMES[:2], recording, acting.engines, ignore, acting.stages)
    reported: list[str] = []
    run(NAMES, recording, acting.engines, lambda stage, _: reported.append(stage), acting.stages)
    assert acting.runs == {(name, "a name"): 1 for name in NAMES}
    assert set(reported) == {"summarize"}


def test_an_artifact_is_there_before_the_next_stage_begins(recording: Recording, acting: Acting) -> None:
    def look(stage: str, _: float) -> None:
        assert (recording.folder / "media.json").exists() == (stage != "extract")
        assert (recording.folder / "transcript.json").exists() == (stage == "summarize")

    run(NAMES, recording, acting.engines, look, acting.stages)


def test_a_stopped_stage_leaves_no_artifact(recording: Recording, acting: Acting) -> None:
    def stop(stage: str, progress: float) -> None:
        if stage == "transcribe" and progress > 0:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        run(NAMES, recording, acting.engines, stop, acting.stages)
    assert sorted(path.name for path in recording.folder.iterdir()) == ["media.json", "speech.wav"]


class Noted:
    """What a log was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def begin(self, stage: str) -> None:
        self.told.append(f"{stage} begins")

    def end(self, stage: str, recording: Recording) -> None:
        self.told.append(f"{stage} ends")


def test_what_needs_the_sound_alone_is_done_though_another_stage_failed(
    recording: Recording, acting: Acting
) -> None:
    acting.raises["transcribe"] = BadInput("nobody speaks")
    log = Noted()
    with pytest.raises(BadInput, match="nobody speaks"):
        run((*NAMES, "vectorize"), recording, acting.engines, ignore, acting.stages, log)
    assert log.told == [
        "extract begins", "extract ends", "transcribe begins", "vectorize begins", "vectorize ends",
    ]  # fmt: skip


def test_a_storage_that_is_away_ends_the_run_at_once(recording: Recording, acting: Acting) -> None:
    acting.raises["transcribe"] = StorageUnavailable("away")
    with pytest.raises(StorageUnavailable):
        run((*NAMES, "vectorize"), recording, acting.engines, ignore, acting.stages)
    assert acting.runs["vectorize", "a name"] == 0
