"""Where utterances begin and end."""

import itertools

import numpy as np
import pytest

from app.live.endpointing import LONGEST_S, Endpointer


def windows(*stretches: tuple[float, float]) -> np.ndarray:
    """Make probabilities from (seconds, probability)."""
    return np.concatenate([np.full(round(s / 0.032), p, np.float32) for s, p in stretches])


def test_an_utterance_ends_where_silence_begins() -> None:
    utterances = Endpointer()
    [ended] = utterances.add(windows((1, 0.0), (2, 0.9), (1, 0.0)))
    assert ended.start / 16_000 == pytest.approx(0.75, abs=0.1)
    assert ended.end / 16_000 == pytest.approx(3.25, abs=0.1)
    assert utterances.present is None


def test_a_click_is_no_utterance_but_the_tail_of_a_stream_always_is() -> None:
    utterances = Endpointer()
    assert utterances.add(windows((1, 0.0), (0.1, 0.9), (1, 0.0))) == []
    utterances.add(windows((0.1, 0.9)))
    [tail] = utterances.finish(utterances.judged)
    assert tail.end == utterances.judged


def test_speech_without_a_pause_is_cut_at_28_s_and_nothing_of_it_is_lost() -> None:
    utterances = Endpointer()
    ended = utterances.add(windows((20, 0.9), (0.1, 0.4), (50, 0.9)))
    parts = [*ended, *utterances.finish(utterances.judged)]
    assert parts[0].end / 16_000 == pytest.approx(20, abs=0.2)
    assert all(a.end == b.start for a, b in itertools.pairwise(parts))
    assert all((part.end - part.start) / 16_000 <= LONGEST_S + 0.1 for part in parts)
    assert [part.number for part in parts] == list(range(len(parts)))


def test_an_end_is_expected_where_it_will_be() -> None:
    utterances = Endpointer()
    utterances.add(windows((1, 0.0), (2, 0.9), (0.2, 0.0)))
    assert utterances.pausing
    assert utterances.expected is None
    utterances.add(windows((0.1, 0.0)))
    expected = utterances.expected
    assert utterances.add(windows((0.4, 0.0))) == [expected]
    assert utterances.expected is None
    assert not utterances.pausing


def test_no_end_is_expected_of_a_click_or_where_somebody_goes_on() -> None:
    utterances = Endpointer()
    utterances.add(windows((0.1, 0.9), (0.4, 0.0)))
    assert utterances.expected is None
    utterances.add(windows((1, 0.9), (0.4, 0.0), (0.1, 0.9)))
    assert utterances.expected is None
