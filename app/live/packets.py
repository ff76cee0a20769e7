"""Packets of bytes, as a client sends them, become the 16 kHz mono samples of a stream."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.audio.waveform import SPEECH_RATE_HZ, Samples

SAMPLE_BYTES = {"s16le": 2, "f32le": 4}


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """How the packets are to be read. sample_rate: Hz; channels are interleaved."""

    sample_rate: int = SPEECH_RATE_HZ
    channels: int = 1
    format: Literal["s16le", "f32le"] = "s16le"


class PacketDecoder:
    """Decodes one stream. It gives the same samples for any cut into packets, (n,) float32."""

    def __init__(self, sound: SoundFormat) -> None:
        self._sound = sound
        self._frame_bytes = SAMPLE_BYTES[sound.format] * sound.channels
        self._rest = b""  # the beginning of a frame whose end comes with the next packet
        self._resampler = None
        if sound.sample_rate != SPEECH_RATE_HZ:
            import soxr

            self._resampler = soxr.ResampleStream(sound.sample_rate, SPEECH_RATE_HZ, 1, dtype="float32")

    def decode(self, packet: bytes) -> Samples:
        """Return what can be decoded by now; the rest comes with the next packets or with `flush`."""
        data = self._rest + packet if self._rest else packet
        whole = len(data) - len(data) % self._frame_bytes
        self._rest = data[whole:]
        samples: Samples
        if self._sound.format == "s16le":
            samples = np.frombuffer(data, np.dtype("<i2"), whole // 2).astype(np.float32)
            samples *= 1 / 32768
        else:
            samples = np.frombuffer(data, np.dtype("<f4"), whole // 4).astype(np.float32)
            samples = np.clip(np.nan_to_num(samples), -1.0, 1.0)
        if self._sound.channels > 1:
            samples = samples.reshape(-1, self._sound.channels).mean(axis=1, dtype=np.float32)
        return self._resampled(samples)

    def flush(self) -> Samples:
        """Return what the resampler still holds; it begins anew with the next packet."""
        rest = self._resampled(np.empty(0, np.float32), last=True)
        if self._resampler is not None:
            self._resampler.clear()
        return rest

    def _resampled(self, samples: Samples, *, last: bool = False) -> Samples:
        if self._resampler is None:
            return samples
        resampled: Samples = self._resampler.resample_chunk(samples, last=last)
        return resampled
