"""Packets of bytes become 16 kHz mono samples."""

import numpy as np
import pytest

from app.audio.waveform import Samples
from app.live.packets import PacketDecoder, SoundFormat

SECONDS = 2


def tone(rate: int, hz: float = 440) -> Samples:
    return np.sin(np.arange(SECONDS * rate) * 2 * np.pi * hz / rate).astype(np.float32)


def decoded(sound: SoundFormat, data: bytes, packet_bytes: int) -> Samples:
    decoder = PacketDecoder(sound)
    pieces = [decoder.decode(data[i : i + packet_bytes]) for i in range(0, len(data), packet_bytes)]
    return np.concatenate([*pieces, decoder.flush()])


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 192_000])
def test_any_rate_becomes_16_khz_to_the_last_sample_however_the_packets_are_cut(rate: int) -> None:
    sound, data = SoundFormat(rate, 1, "f32le"), tone(rate).astype("<f4").tobytes()
    once = decoded(sound, data, len(data))
    assert np.allclose(decoded(sound, data, 1333), once, atol=1e-6)
    assert len(once) == SECONDS * 16_000
    assert np.abs(once - tone(16_000))[1000:31_000].max() < 1e-3


def test_what_16_khz_cannot_hold_is_gone() -> None:
    sound, data = SoundFormat(48_000, 1, "f32le"), tone(48_000, 11_000).astype("<f4").tobytes()
    assert np.abs(decoded(sound, data, 1333)[1000:31_000]).max() < 1e-3


def test_two_channels_become_their_mean_and_16_bits_the_same_as_floats() -> None:
    stereo = np.stack([tone(16_000), 0.5 * tone(16_000)], axis=1)
    floats = decoded(SoundFormat(channels=2, format="f32le"), stereo.astype("<f4").tobytes(), 777)
    bits = decoded(SoundFormat(channels=2), (stereo * 32767).round().astype("<i2").tobytes(), 777)
    assert np.allclose(floats, 0.75 * tone(16_000), atol=1e-6)
    assert np.allclose(bits, floats, atol=1e-4)


def test_floats_that_are_no_sound_do_no_harm() -> None:
    data = np.array([np.nan, np.inf, -np.inf, 7, -7], "<f4").tobytes()
    assert decoded(SoundFormat(format="f32le"), data, 3).tolist() == [0, 1, -1, 1, -1]


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100])
def test_after_a_flush_the_stream_goes_on_also_within_a_frame(rate: int) -> None:
    sound, data = SoundFormat(rate, 1, "f32le"), tone(rate).astype("<f4").tobytes()
    decoder = PacketDecoder(sound)
    first = np.concatenate([decoder.decode(data + data[:2]), decoder.flush()])
    rest = np.concatenate([decoder.decode(data[2:]), decoder.flush()])
    assert len(first) == SECONDS * 16_000
    assert np.abs(rest - tone(16_000))[1000:31_000].max() < 1e-3
