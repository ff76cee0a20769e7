"""The stages as the rest of the program knows them."""

import importlib

import pytest

from app.pipeline import ALL_STAGES, INFOS, OF_SOUND_ALONE, STAGES, SWITCHES, stages_of


@pytest.mark.parametrize("name", INFOS)
def test_a_stage_its_file_and_its_function_have_one_name(name: str) -> None:
    module = importlib.import_module(f"app.pipeline.stages.{name}")
    assert module.INFO is INFOS[name]
    if name in STAGES:
        assert STAGES[name] is getattr(module, name)


def test_no_two_stages_share_a_file() -> None:
    assert len({info.artifact.file for info in INFOS.values()}) == len(INFOS)


def test_what_is_switched_on_stands_at_its_place() -> None:
    assert stages_of() == ALL_STAGES == ("extract", "transcribe", "summarize")
    assert stages_of(vectorize=True, clean=True, repair=False, diarize=True) == (
        "extract",
        "clean",
        "transcribe",
        "diarize",
        "summarize",
        "vectorize",
    )
    assert SWITCHES.keys() >= {"repair", "clean", "diarize", "vectorize"}
    assert "vectorize" in OF_SOUND_ALONE


def test_an_unknown_switch_is_a_bug() -> None:
    with pytest.raises(TypeError, match="no_stage"):
        stages_of(no_stage=True)
