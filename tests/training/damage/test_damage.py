from dataclasses import asdict

import numpy as np
import pytest

from app.audio.waveform import Samples
from app.training.damage.damage import BABBLE, DamageSpec, damage, random_spec, undamaged
from app.training.damage.noises import NOISES, noise
from tests.training.conftest import speak_like

SINGLE = {
    "rain": DamageSpec(noise="rain", snr_db=5),
    "babble": DamageSpec(noise=BABBLE, snr_db=5),
    "hum": DamageSpec(hum_db=5),
    "click": DamageSpec(clicks_per_s=4),
    "dropout": DamageSpec(dropouts_per_s=4),
    "clipping": DamageSpec(clip=0.2),
    "band limit": DamageSpec(band_hz=2500),
    "reverb": DamageSpec(reverb_s=0.5),
}


@pytest.mark.parametrize("kind", SINGLE)
def test_each_damage_changes_the_sound_and_says_where(kind: str, clean: Samples) -> None:
    damaged, events = damage(clean, np.random.default_rng(3), SINGLE[kind], [speak_like(2), speak_like(5)])
    assert damaged.shape == clean.shape
    assert damaged.dtype == np.float32
    assert {event.kind for event in events} == {kind}
    first, last = round(events[0].start * 16_000), round(events[0].end * 16_000)
    assert not np.allclose(damaged[first:last], clean[first:last], atol=1e-6)


def test_a_seed_replays_the_damage(clean: Samples) -> None:
    spec = DamageSpec(noise="fan", clicks_per_s=2, dropouts_per_s=2, reverb_s=0.3, clip=0.4)
    first, second = (damage(clean, np.random.default_rng(8), spec) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    assert first[1] == second[1]


def test_nothing_asked_is_nothing_done(clean: Samples) -> None:
    damaged, events = damage(clean, np.random.default_rng(0), DamageSpec())
    assert events == ()
    assert np.array_equal(damaged, clean)


@pytest.mark.parametrize("snr_db", [0, 10])
def test_noise_has_the_level_that_was_asked(snr_db: float, clean: Samples) -> None:
    damaged, _ = damage(clean, np.random.default_rng(1), DamageSpec(noise="wind", snr_db=snr_db))
    measured = 10 * np.log10(np.mean(clean**2) / np.mean((damaged - clean) ** 2))
    assert measured == pytest.approx(snr_db, abs=0.1)


@pytest.mark.parametrize("kind", [kind for kinds in NOISES.values() for kind in kinds])
def test_every_noise_is_finite_and_of_unit_power(kind: str) -> None:
    made = noise(kind, 12_345, np.random.default_rng(4))
    assert made.shape == (12_345,)
    assert np.mean(made.astype(np.float64) ** 2) == pytest.approx(1, rel=1e-3)


def test_no_noise_kind_is_in_two_splits() -> None:
    kinds = [kind for part in NOISES.values() for kind in part]
    assert len(kinds) == len(set(kinds))


def test_training_leaves_a_share_of_the_speech_clean() -> None:
    specs = [random_spec(np.random.default_rng(seed)) for seed in range(600)]
    untouched = sum(asdict(spec) == asdict(DamageSpec()) for spec in specs) / len(specs)
    assert 0.12 < untouched < 0.3
    kinds = {kind for spec in specs if spec.noise for kind in spec.noise.split("+")}
    assert kinds == {*NOISES["train"], BABBLE}


def test_a_band_limit_is_not_asked_to_be_undone(clean: Samples) -> None:
    spec = DamageSpec(band_hz=3000)
    assert np.array_equal(undamaged(clean, spec), damage(clean, np.random.default_rng(0), spec)[0])
