import numpy as np

from app.audio.waveform import Samples
from app.training.damage.augment import augment


def test_a_seed_repeats_the_variation_and_leaves_the_global_generators_alone(clean: Samples) -> None:
    np.random.seed(5)
    expected = np.random.random()
    np.random.seed(5)
    first, again = (augment(clean, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, again)
    assert np.random.random() == expected


def test_seeds_differ(clean: Samples) -> None:
    made = [augment(clean, np.random.default_rng(seed)) for seed in range(8)]
    assert all(np.isfinite(sound).all() and sound.dtype == np.float32 for sound in made)
    assert len({sound.tobytes() for sound in made}) > 4
