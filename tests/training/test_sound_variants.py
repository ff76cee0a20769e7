from pathlib import Path

import numpy as np
import pytest

from app.training.scores import metrics
from app.training.sound_variants import sound_variant
from tests.training.conftest import speak_like

MODELS = Path(__file__).parents[2] / "models"


def test_natural_sound_is_learned_from_as_it_is() -> None:
    assert sound_variant("natural", MODELS / "repair") is None


def test_the_same_sound_is_damaged_in_the_same_way() -> None:
    variant = sound_variant("damaged", MODELS / "repair")
    assert variant is not None
    sound = speak_like(1)
    assert np.array_equal(variant.apply(sound), variant.apply(sound))
    assert metrics.si_sdr(sound, variant.apply(sound)) < 20


def test_repaired_sound_is_nearer_to_the_natural_one_and_named_by_its_net() -> None:
    worse, better = (sound_variant(sound, MODELS / "repair") for sound in ("damaged", "repaired"))
    assert worse is not None
    assert better is not None
    gains = []
    for seed in range(4):
        sound = speak_like(seed)
        gains.append(metrics.si_sdr(sound, better.apply(sound)) - metrics.si_sdr(sound, worse.apply(sound)))
    assert np.mean(gains) > 0.5
    assert better.name.startswith("repaired-")
    assert better.name != worse.name


def test_an_unknown_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="cannot be used"):
        sound_variant("repaired", tmp_path)
