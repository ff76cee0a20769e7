import numpy as np

from app.audio.waveform import Samples
from app.nets.restoration import find_clipped, find_gaps, mend


def voice(seconds: float = 1.0) -> Samples:
    time = np.arange(int(seconds * 16_000)) / 16_000
    tones = sum(np.sin(2 * np.pi * 110 * k * time + k) / k for k in range(1, 12))
    return np.asarray(0.5 * tones / np.abs(tones).max(), np.float32)


def error(truth: Samples, guess: Samples) -> float:
    return float(np.sum((truth - guess) ** 2))


def test_gaps_are_found_and_filled_with_what_was_there() -> None:
    clean = voice()
    damaged = clean.copy()
    damaged[5000:5240] = 0
    damaged[9000:9400] = 0
    mended = mend(damaged)
    assert find_gaps(damaged).tolist() == [[5000, 5240], [9000, 9400]]
    assert np.flatnonzero(mended.gaps).tolist() == [*range(5000, 5240), *range(9000, 9400)]
    assert error(clean, mended.samples) < 0.1 * error(clean, damaged)


def test_digital_silence_between_words_is_no_gap() -> None:
    words = voice() * np.clip(np.sin(np.arange(16_000) / 700), 0, None).astype(np.float32)
    assert len(find_gaps(words)) == 0


def test_clipped_peaks_are_found_and_rounded() -> None:
    clean = voice()
    damaged = np.clip(clean, -0.35, 0.35)
    mended = mend(damaged)
    assert mended.clipped.any()
    assert np.abs(mended.samples).max() > 0.4
    assert error(clean, mended.samples) < 0.7 * error(clean, damaged)


def test_what_is_whole_is_left_as_it_is() -> None:
    clean = voice()
    assert len(find_clipped(clean)) == 0
    assert np.array_equal(mend(clean).samples, clean)


def test_silence_and_nothing_pass_through() -> None:
    for empty in (np.zeros(16_000, np.float32), np.zeros(0, np.float32)):
        assert np.array_equal(mend(empty).samples, empty)
