import numpy as np
import pytest

from app.audio.waveform import Samples
from app.engines.pooling import Vector
from app.live.speakers import MOST_S, NEW_S, RunningSpeakers

SECOND = 16_000


def voice(samples: Samples) -> Vector | None:
    """Make the loudness of a sound the angle of its voice; a shorter one than half a second tells nothing."""
    if len(samples) < SECOND / 2:
        return None
    angle = float(np.abs(samples).mean())
    return np.array([np.cos(angle), np.sin(angle)], np.float32)


def said(angle: float, seconds: float = 3.0) -> Samples:
    return np.full(round(seconds * SECOND), angle, np.float32)


def test_voices_that_are_alike_are_one_and_others_begin_in_their_order() -> None:
    speakers = RunningSpeakers(voice)
    heard = [speakers.speaker(said(angle)) for angle in (0.1, 0.2, 2.0, 0.0, 2.2)]
    assert heard == ["Speaker 1", "Speaker 1", "Speaker 2", "Speaker 1", "Speaker 2"]


def test_a_voice_is_the_mean_of_all_that_it_has_said() -> None:
    speakers = RunningSpeakers(voice)
    heard = [speakers.speaker(said(angle)) for angle in (0.0, 0.9, 0.9, 0.9, 1.6)]
    assert heard == ["Speaker 1"] * 5  # 1.6 is far from 0.0, and near to what that has become


def test_a_short_word_begins_no_voice_and_one_that_tells_nothing_is_nobodys() -> None:
    speakers = RunningSpeakers(voice)
    assert speakers.speaker(said(0.1, 0.2)) is None
    assert speakers.speaker(said(0.1)) == "Speaker 1"
    assert speakers.speaker(said(1.3, NEW_S / 2)) == "Speaker 1"
    assert speakers.speaker(said(3.0, NEW_S / 2)) is None
    assert speakers.speaker(said(3.0, NEW_S)) == "Speaker 2"


def test_a_long_utterance_costs_no_more_than_a_part_of_it() -> None:
    lengths: list[int] = []

    def counted(samples: Samples) -> Vector | None:
        lengths.append(len(samples))
        return voice(samples)

    RunningSpeakers(counted).speaker(said(0.1, 28.0))
    assert lengths == [round(MOST_S * SECOND)]


@pytest.mark.parametrize("first", [1, 4])
def test_after_a_restart_new_voices_take_none_of_the_old_numbers(first: int) -> None:
    assert RunningSpeakers(voice, first).speaker(said(0.1)) == f"Speaker {first}"
