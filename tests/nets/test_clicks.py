import numpy as np

from app.nets.clicks import find_clicks
from app.nets.restoration import mend

from .test_restoration import error, voice


def test_clicks_are_found_and_bridged() -> None:
    clean = voice()
    damaged = clean.copy()
    for at in (5000, 11_000):
        damaged[at : at + 24] += 0.45 * np.exp(-np.arange(24) / 5).astype(np.float32)
    starts = find_clicks(damaged)[:, 0]
    assert len(starts) == 2
    assert np.all(np.abs(starts - [5000, 11_000]) < 4)
    mended = mend(damaged)
    assert mended.gaps[5000:5024].all()
    assert error(clean, mended.samples) < 0.15 * error(clean, damaged)


def test_a_click_beside_a_louder_one_is_found_too() -> None:
    clean = voice()
    damaged = clean.copy()
    for at, level in ((7000, 0.9), (7200, 0.4)):  # 12 ms apart
        damaged[at : at + 8] += level
    assert error(clean, mend(damaged).samples) < 0.1 * error(clean, damaged)


def test_the_pulses_of_a_voice_are_no_clicks() -> None:
    pulses = np.zeros(16_000, np.float32)
    pulses[::145] = 0.8  # 110 Hz: nothing but pulses
    assert len(find_clicks(pulses)) == 0
    assert len(find_clicks(voice())) == 0


def test_the_edge_of_a_window_is_no_click() -> None:
    cut = voice()[3:]
    assert abs(cut[0]) > 0.1
    assert len(find_clicks(cut)) == 0
    assert len(find_clicks(np.zeros(16_000, np.float32))) == 0
