import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from app.audio.voice_activity import follow_spans
from app.audio.waveform import Samples, Span


def find_spans(probabilities: Samples, duration_s: float) -> tuple[Span, ...]:
    return tuple(follow_spans([probabilities], duration_s))


def probabilities(*runs: tuple[float, float]) -> np.ndarray:
    """Build (probability, seconds) runs as windows."""
    return np.concatenate([np.full(round(s / 0.032), p, np.float32) for p, s in runs])


def test_a_click_is_not_speech() -> None:
    assert find_spans(probabilities((0, 1), (1, 0.2), (0, 1)), 2.2) == ()


def test_a_short_pause_does_not_end_a_span_and_a_long_one_does() -> None:
    short = find_spans(probabilities((0, 1), (1, 1), (0, 0.3), (1, 1), (0, 1)), 4.3)
    long = find_spans(probabilities((0, 1), (1, 1), (0, 0.9), (1, 1), (0, 1)), 4.9)
    assert len(short) == 1
    assert len(long) == 2
    assert short[0].start == pytest.approx(0.75, abs=0.04)
    assert short[0].end == pytest.approx(3.55, abs=0.04)


def test_a_doubtful_stretch_within_speech_does_not_end_it() -> None:
    assert len(find_spans(probabilities((1, 1), (0.4, 2), (1, 1)), 4)) == 1


def test_speech_without_pauses_is_cut_where_it_is_least_sure() -> None:
    spans = find_spans(probabilities((1, 20), (0.6, 0.1), (1, 30)), 50.1)
    assert spans[0].end == pytest.approx(20.05, abs=0.1)
    assert all(span.duration_s <= 28 for span in spans)
    assert (spans[0].start, spans[-1].end) == (0, 50.1)
    assert all(a.end == b.start for a, b in itertools.pairwise(spans))


def test_a_span_is_told_as_soon_as_nothing_can_change_it() -> None:
    asked = 0

    def pieces() -> Iterator[Samples]:
        nonlocal asked
        for run in ((0, 1), (1, 2), (0, 1), (1, 100), (0, 1)):
            asked += 1
            yield probabilities(run)

    spans = follow_spans(pieces(), 105)
    first, second = next(spans), next(spans)
    assert (first.start, first.end) == (pytest.approx(0.75, abs=0.04), pytest.approx(3.25, abs=0.04))
    assert second.duration_s <= 28
    assert asked == 4, "neither the silence after the long speech nor its end was waited for"
    whole = find_spans(np.concatenate([*pieces()]), 105)
    assert whole == (first, second, *spans)
