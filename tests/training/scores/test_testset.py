from pathlib import Path

import numpy as np
import soundfile

from app.training.scores import testset
from tests.training.conftest import speak_like


def test_recorded_pairs_are_read(tmp_path: Path) -> None:
    for kind in ("clean", "noisy"):
        soundfile.write(tmp_path / f"p1_001_{kind}.wav", speak_like(1), 16_000)
    (case,) = testset.real_cases(tmp_path)
    assert (case.speaker, case.block) == ("p1", testset.REAL)
    assert np.array_equal(case.clean, case.damaged)
