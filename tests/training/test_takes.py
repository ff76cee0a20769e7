import numpy as np
import pytest

from app.audio.espeak import Phone
from app.audio.waveform import Samples
from app.training.lessons import Take
from app.training.takes import augmented, cleaned

PHONES = (Phone("a", 1.1, 1.5), Phone("t", 1.5, 3.2))


def test_phones_keep_to_their_sound_when_silence_is_cut(clean: Samples) -> None:
    padded = np.pad(clean * np.float32(0.1), 16_000)  # a second before and after
    found = cleaned(Take(padded, PHONES))
    cut = PHONES[0].start - found.phones[0].start
    assert 0.8 < cut <= 1.1
    assert found.phones[0].end == pytest.approx(PHONES[0].end - cut)
    assert found.phones[1].end <= len(found.samples) / 16_000 + 1e-9
    first = round(cut * 16_000)
    assert np.corrcoef(found.samples[:8000], padded[first : first + 8000])[0, 1] > 0.95


def test_phones_are_stretched_with_the_speed(clean: Samples) -> None:
    take = Take(clean, (Phone("a", 0.0, 1.0), Phone("t", 1.0, 2.0)))
    lengths = set()
    for seed in range(6):
        found = augmented(take, np.random.default_rng(seed))
        lengths.add(len(found.samples))
        assert found.phones[1].end == pytest.approx(len(found.samples) / 16_000)
        assert found.phones[0].end == found.phones[1].start
    assert len(lengths) > 1
