import numpy as np
import pytest

from app.audio.waveform import Samples
from app.training.experiment.rendering import rendered
from app.training.scores import metrics


def test_a_voice_that_agrees_changes_nothing(clean: Samples) -> None:
    assert metrics.si_sdr(clean, rendered(clean * np.float32(0.2), clean)) > 40


def test_what_the_voice_knows_is_taken_from_it(clean: Samples) -> None:
    """Half of a band is lost in the recording; the voice has it."""
    muffled = np.convolve(clean, np.ones(16) / 16, "same").astype(np.float32)
    assert metrics.mel_mse(clean, rendered(clean, muffled)) < 0.7 * metrics.mel_mse(clean, muffled)


@pytest.mark.parametrize("n", [0, 9000, 40_000])
def test_the_result_is_as_long_as_the_recording(clean: Samples, n: int) -> None:
    said = np.resize(clean, n).astype(np.float32) if n else np.zeros(0, np.float32)
    assert len(rendered(said, clean)) == len(clean)
    assert np.isfinite(rendered(said, clean)).all()
