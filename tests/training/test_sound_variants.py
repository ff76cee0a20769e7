from pathlib import Path

import numpy as np
import pytest

from app.training.lessons import Take
from app.training.scores import metrics
from app.training.sound_variants import cleaned_variant, damaged, sound_variant
from tests.training.conftest import speak_like

MODELS = Path(__file__).parents[2] / "models"


def test_natural_sound_is_learned_from_as_it_is() -> None:
    assert sound_variant("natural", MODELS / "repair") is None


def test_the_same_sound_is_damaged_in_the_same_way() -> None:
    variant = sound_variant("damaged", MODELS / "repair")
    assert variant is not None
    take = Take(speak_like(1), ())
    assert np.array_equal(variant.apply(take).samples, variant.apply(take).samples)
    assert metrics.si_sdr(take.samples, variant.apply(take).samples) < 20
    assert not np.array_equal(damaged(take.samples), damaged(take.samples, "test"))


def test_repaired_sound_is_nearer_to_the_natural_one_and_named_by_its_net() -> None:
    worse, better = (sound_variant(sound, MODELS / "repair") for sound in ("damaged", "repaired"))
    assert worse is not None
    assert better is not None
    gains = []
    for seed in range(4):
        take = Take(speak_like(seed), ())
        by_each = [metrics.si_sdr(take.samples, one.apply(take).samples) for one in (worse, better)]
        gains.append(by_each[1] - by_each[0])
    assert np.mean(gains) > 0.5
    assert better.name.startswith("repaired-")
    assert better.name != worse.name


def test_an_unknown_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="cannot be used"):
        sound_variant("repaired", tmp_path)


def test_what_is_cleaned_and_varied_is_kept_apart_and_repeats() -> None:
    assert cleaned_variant(clean=False, augment=False) is None
    variants = [
        cleaned_variant(clean=clean, augment=augment)
        for clean, augment in ((True, False), (True, True), (False, True))
    ]
    assert len({variant.name for variant in variants if variant}) == 3
    take = Take(speak_like(2), ())
    for variant in variants:
        assert variant is not None
        assert np.array_equal(variant.apply(take).samples, variant.apply(take).samples)
