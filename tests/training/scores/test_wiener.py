from app.audio.waveform import Samples
from app.training.scores import metrics
from app.training.scores.wiener import wiener
from tests.training.conftest import noisy


def test_the_wiener_baseline_takes_steady_noise_away(clean: Samples) -> None:
    sound = noisy(clean, 5)
    assert metrics.si_sdr(clean, wiener(sound)) > metrics.si_sdr(clean, sound) + 1
