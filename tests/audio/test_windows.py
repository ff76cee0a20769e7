import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.audio.waveform import Waveform
from app.audio.windows import quiet_windows


@given(seconds=st.floats(0, 200), max_s=st.floats(10, 60))
def test_windows_cover_the_sound_without_gap_or_overlap(seconds: float, max_s: float) -> None:
    sound = Waveform(np.ones((1, round(seconds * 100)), np.float32), 100)
    windows = list(quiet_windows(sound, max_s))
    borders = [0.0, *(window.end for window in windows)]
    assert [window.start for window in windows] == borders[:-1]
    assert borders[-1] == sound.duration_s
    assert all(0 < window.duration_s <= max_s + 1e-9 for window in windows)


def test_a_window_ends_in_the_pause_and_not_in_a_word() -> None:
    samples = np.ones((1, 40 * 1000), np.float32)
    samples[:, 27_000:27_400] = 0
    first, second = quiet_windows(Waveform(samples, 1000), 30)
    assert 27.0 <= first.end <= 27.4
    assert second.end == 40
