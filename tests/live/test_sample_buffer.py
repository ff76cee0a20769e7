"""The sound of a stream that is still needed."""

import numpy as np
import pytest

from app.live.sample_buffer import SampleBuffer

SECOND = 16_000


def test_the_buffer_gives_back_what_it_took_until_it_is_forgotten() -> None:
    sound = np.arange(5 * SECOND, dtype=np.float32)
    buffer = SampleBuffer()
    for start in range(0, len(sound), 777):
        buffer.append(sound[start : start + 777])
    assert buffer.end == len(sound)
    assert np.array_equal(buffer.read(1, len(sound)), sound[1:])
    buffer.forget(2 * SECOND + 5)
    first = 2 * SECOND + 5
    assert np.array_equal(buffer.read(first, first + 9), sound[first : first + 9])
    for start, end in ((first - 1, first + 9), (first, len(sound) + 1)):
        with pytest.raises(IndexError):
            buffer.read(start, end)


def test_what_was_read_does_not_change_when_more_comes() -> None:
    buffer = SampleBuffer()
    buffer.append(np.ones(SECOND, np.float32))
    read = buffer.read(0, SECOND)
    buffer.forget(SECOND)
    for _ in range(10):
        buffer.append(np.zeros(SECOND, np.float32))
    assert np.all(read == 1)


def test_more_can_be_forgotten_than_has_come() -> None:
    buffer = SampleBuffer()
    buffer.forget(SECOND)
    buffer.append(np.ones(9, np.float32))
    assert np.array_equal(buffer.read(0, 9), np.ones(9))


def test_an_hour_of_stream_takes_the_memory_of_what_is_needed() -> None:
    buffer, packet = SampleBuffer(), np.zeros(1000, np.float32)
    for _ in range(3600 * 16):
        buffer.append(packet)
        buffer.forget(buffer.end - SECOND)
    assert buffer.held <= 3 * SECOND


def test_a_long_utterance_leaves_no_memory_behind() -> None:
    buffer, second = SampleBuffer(), np.zeros(SECOND, np.float32)
    for _ in range(28):
        buffer.append(second)
    for _ in range(120):
        buffer.append(second)
        buffer.forget(buffer.end)
    assert buffer.held <= 3 * SECOND
