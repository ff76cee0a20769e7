"""The measure of diarization is right: errors are counted as NIST does, talks are what they say they are."""

import numpy as np
import pytest

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.documents.diarization import Turn
from benchmarks.speakers.score import errors
from benchmarks.speakers.talks import compose, spoken_spans
from benchmarks.speakers.voices import VOICES, Voice


def test_names_of_speakers_do_not_count() -> None:
    told = [Turn(0, 4, "x"), Turn(4, 10, "y")]
    assert errors([Turn(0, 4, "b"), Turn(4, 10, "a")], told).rate == 0


def test_missed_invented_and_confused_speech_are_told_apart() -> None:
    truth = [Turn(0, 10, "a"), Turn(8, 12, "b")]
    found = errors(truth, [Turn(0, 6, "1"), Turn(6, 10, "2"), Turn(12, 13, "1")])
    # from 8 to 10 two speak and one is told; 10 to 12 nobody; 6 to 8 the wrong one
    assert found.speech == pytest.approx(14)
    assert (found.missed, found.false, found.confused) == pytest.approx((4, 1, 2))
    assert found.rate == pytest.approx(0.5)


def test_one_speaker_for_all_is_right_for_one_only() -> None:
    found = errors([Turn(0, 6, "a"), Turn(6, 10, "b")], [Turn(0, 10, "1")])
    assert found.confused == pytest.approx(4)


def voices() -> dict[Voice, list[Samples]]:
    rng = np.random.default_rng(0)
    said = [rng.standard_normal(3 * SPEECH_RATE_HZ).astype(np.float32) * 0.1 for _ in range(5)]
    return dict.fromkeys(VOICES[:4], said)


@pytest.mark.parametrize("far", [False, True])
def test_a_composed_talk_has_sound_where_its_turns_are_and_is_the_same_each_time(far: bool) -> None:
    talk = compose(voices(), 3, 30.0, far, 7)
    assert talk.n_speakers == 3
    assert np.array_equal(talk.samples, compose(voices(), 3, 30.0, far, 7).samples)
    assert np.abs(talk.samples).max() <= 0.91
    loud = np.zeros(len(talk.samples), bool)
    for turn in talk.turns:
        loud[round(turn.start * SPEECH_RATE_HZ) : round(turn.end * SPEECH_RATE_HZ)] = True
    power = np.square(talk.samples)
    assert power[loud].mean() > 10 * power[: SPEECH_RATE_HZ // 4].mean()


def test_no_voice_is_in_both_sets() -> None:
    assert len({voice.name for voice in VOICES}) == len(VOICES)


def test_silence_around_and_within_an_utterance_is_no_speech() -> None:
    second = SPEECH_RATE_HZ
    said = np.concatenate([np.zeros(second), np.ones(second), np.zeros(second), np.ones(second)]) * 0.1
    found = np.array(spoken_spans(said.astype(np.float32)))
    assert found == pytest.approx(np.array([[1.0, 2.0], [3.0, 4.0]]), abs=0.02)
