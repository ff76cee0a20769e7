"""Augments a small corpus: speed, pitch, level, noise and clipping by audiomentations.

Damage that repair has to label and to replay is our own (`damage`). This is for corpora that are too small.
"""

import random

import numpy as np

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.training.damage.spectrum import Rng


def augment(samples: Samples, rng: Rng, *, noise: bool = True) -> Samples:
    """Vary (n,) samples at 16 kHz; the length changes with the speed. A seeded `rng` repeats it.

    noise: add noise and clip as well; not where the result is what a voice is to sound like.
    """
    import audiomentations as steps

    worse = [
        steps.AddColorNoise(min_snr_db=15, max_snr_db=40, p=0.3),
        steps.ClippingDistortion(min_percentile_threshold=0, max_percentile_threshold=2, p=0.1),
    ]
    vary = steps.Compose(
        [
            steps.TimeStretch(min_rate=0.85, max_rate=1.2, leave_length_unchanged=False, p=0.5),
            steps.PitchShift(min_semitones=-3, max_semitones=3, p=0.5),
            *(worse if noise else []),
            steps.Gain(min_gain_db=-12, max_gain_db=6, p=0.5),
        ]
    )
    kept = random.getstate(), np.random.get_state()  # audiomentations draws from the global ones
    seed = int(rng.integers(2**31))
    random.seed(seed)
    np.random.seed(seed)
    try:
        return np.asarray(vary(samples=samples, sample_rate=SPEECH_RATE_HZ), np.float32)
    finally:
        random.setstate(kept[0])
        np.random.set_state(kept[1])
