"""The sound of a stream that is still needed."""

import numpy as np
import pytest

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
