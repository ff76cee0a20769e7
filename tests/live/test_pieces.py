import itertools

import numpy as np
import pytest

from app.live.agreement import Agreement
from app.live.endpointing import LONGEST_S, Endpointer
from app.live.resample import Resampler
from app.live.sample_buffer import BLOCK, SampleBuffer


def test_the_ring_gives_back_what_it_took_and_forgets_whole_blocks() -> None:
    sound = np.arange(5 * BLOCK, dtype=np.float32)
    ring = SampleBuffer()
    for start in range(0, len(sound), 777):
        ring.append(sound[start : start + 777])
    assert ring.end == len(sound)
    assert np.array_equal(ring.read(1, len(sound)), sound[1:])
    ring.forget(2 * BLOCK + 5)
    assert np.array_equal(ring.read(2 * BLOCK, 2 * BLOCK + 9), sound[2 * BLOCK : 2 * BLOCK + 9])
    with pytest.raises(IndexError):
        ring.read(0, 9)


def test_the_ring_holds_an_hour_of_stream_in_the_memory_of_what_is_needed() -> None:
    ring, packet = SampleBuffer(), np.zeros(1000, np.float32)
    for _ in range(3600 * 16):
        ring.append(packet)
        ring.forget(ring.end - BLOCK)
    assert ring.held <= 3 * BLOCK


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000])
def test_packets_are_resampled_as_if_they_were_one_piece(rate: int) -> None:
    tone = np.sin(np.arange(2 * rate) * 2 * np.pi * 440 / rate).astype(np.float32)
    whole, cut = Resampler(rate), Resampler(rate)
    once = np.concatenate([whole.feed(tone), whole.flush()])
    pieces = [cut.feed(tone[i : i + 333]) for i in range(0, len(tone), 333)]
    assert np.allclose(np.concatenate([*pieces, cut.flush()])[: len(once)], once, atol=1e-6)
    expected = np.sin(np.arange(32_000) * 2 * np.pi * 440 / 16_000)
    assert np.abs(once[1000:31_000] - expected[1000:31_000]).max() < 1e-3


def test_what_two_hypotheses_agree_on_is_settled_and_never_taken_back() -> None:
    agreement = Agreement()
    assert agreement.add("good mourning every".split()) == "good mourning every"
    assert agreement.settled == ()
    agreement.add("Good morning everyone".split())
    assert agreement.settled == ("Good",)
    agreement.add("good morning, everyone let".split())
    assert agreement.settled == ("Good", "morning,", "everyone")
    assert agreement.add("but then".split()) == "Good morning, everyone"


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
    tail = utterances.finish(utterances.judged)
    assert tail is not None
    assert tail.end == utterances.judged


def test_speech_without_a_pause_is_cut_at_28_s_and_nothing_of_it_is_lost() -> None:
    utterances = Endpointer()
    ended = utterances.add(windows((20, 0.9), (0.1, 0.4), (50, 0.9)))
    last = utterances.finish(utterances.judged)
    assert last is not None
    parts = [*ended, last]
    assert parts[0].end / 16_000 == pytest.approx(20, abs=0.2)
    assert all(a.end == b.start for a, b in itertools.pairwise(parts))
    assert all((part.end - part.start) / 16_000 <= LONGEST_S + 0.1 for part in parts)
    assert [part.number for part in parts] == list(range(len(parts)))
