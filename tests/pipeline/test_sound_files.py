from pathlib import PurePath

import pytest

from app.pipeline import ALL_STAGES
from app.pipeline.sound_files import is_sound, source_is_sound
from app.pipeline.stages.download import DOWNLOADED
from app.pipeline.stages.fetch import FETCHED


@pytest.mark.parametrize("name", ["speech.wav", "cleaned.flac", "original.mp3", FETCHED, DOWNLOADED])
def test_large_files_of_sound_are_known(name: str) -> None:
    assert is_sound(PurePath("results", name))


@pytest.mark.parametrize("name", ["minutes.json", "poster.jpg", "audio_journal.jsonl", "audio_vectors.npz"])
def test_what_a_job_is_shown_from_is_no_sound(name: str) -> None:
    assert not is_sound(PurePath("results", name))


def test_the_source_of_an_upload_is_sound_and_that_of_a_list_is_not() -> None:
    assert source_is_sound(ALL_STAGES)
    assert not source_is_sound(("fetch", "extract", "clean", "store"))
    assert not source_is_sound(("vectorize_list",))
