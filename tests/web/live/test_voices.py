from pathlib import Path
from typing import cast

import numpy as np
import pytest

from app.config import Config
from app.engines.registry import Engines
from app.engines.weights.diarization import CAMPPLUS, SEGMENTATION
from app.errors import EngineUnavailable
from app.web.live.voices import live_voices
from tests.pipeline.test_voiceprints import Loudness


class Here:
    """Engines with the diarizer alone."""

    def diarizer(self, _: object) -> Loudness:
        return Loudness()


def test_an_utterance_that_is_long_enough_has_a_voice_and_nobody_waits_for_weights(tmp_path: Path) -> None:
    config = Config(_env_file=None, models_dir=tmp_path)  # type: ignore[call-arg]
    with pytest.raises(EngineUnavailable, match="flask models fetch diarization"):
        live_voices(config, cast(Engines, Here()))
    for file in (SEGMENTATION, CAMPPLUS):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    voice = live_voices(config, cast(Engines, Here()))
    assert voice(np.full(16_000, 0.5, np.float32)) is not None
    assert voice(np.full(8_000, 0.5, np.float32)) is None
