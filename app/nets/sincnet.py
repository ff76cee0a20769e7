"""SincNet: learned band-pass filters over raw sound, the first layers of the segmentation net.

M. Ravanelli, Y. Bengio, "Speaker recognition from raw waveform with SincNet", 2018; with filters in pairs of
cosine and sine as in M. Pariente et al., "Filterbank design for end-to-end speech separation", 2020.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from app.audio.waveform import SPEECH_RATE_HZ

KERNEL, STRIDE = 251, 10
MIN_LOW_HZ = MIN_BAND_HZ = 50.0
N_FEATURES = 60


class SincFilters(nn.Module):
    """80 band-pass filters, each of two numbers: where its band begins and how wide it is."""

    low_hz_: Tensor
    band_hz_: Tensor
    window_: Tensor
    n_: Tensor

    def __init__(self, n_filters: int = 80, sample_rate: int = SPEECH_RATE_HZ) -> None:
        super().__init__()
        half = KERNEL // 2
        self.sample_rate = sample_rate
        low_hz = torch.linspace(30.0, sample_rate / 2 - MIN_LOW_HZ - MIN_BAND_HZ, n_filters // 2 + 1)
        self.low_hz_ = nn.Parameter(low_hz[:-1, None])
        self.band_hz_ = nn.Parameter(low_hz.diff()[:, None])
        self.register_buffer("window_", torch.hamming_window(KERNEL, periodic=False)[:half])
        self.register_buffer("n_", 2 * math.pi * torch.arange(-half, 0.0)[None] / sample_rate)

    def filters(self) -> Tensor:
        """Return the filters as kernels of a convolution: (n_filters, 1, KERNEL)."""
        low = MIN_LOW_HZ + self.low_hz_.abs()
        high = (low + MIN_BAND_HZ + self.band_hz_.abs()).clamp(MIN_LOW_HZ, self.sample_rate / 2)
        band, scale = high - low, self.window_ / (self.n_ / 2)
        cosine = ((high @ self.n_).sin() - (low @ self.n_).sin()) * scale
        sine = ((low @ self.n_).cos() - (high @ self.n_).cos()) * scale
        even = torch.cat([cosine, 2 * band, cosine.flip(1)], 1) / (2 * band)
        odd = torch.cat([sine, torch.zeros_like(band), -sine.flip(1)], 1) / (2 * band)
        return torch.cat([even, odd])[:, None]

    def forward(self, sound: Tensor) -> Tensor:
        return functional.conv1d(sound, self.filters(), stride=STRIDE)


class _Encoder(nn.Module):
    """Holds the filters under the name that the published weights have for them."""

    def __init__(self) -> None:
        super().__init__()
        self.filterbank = SincFilters()

    def forward(self, sound: Tensor) -> Tensor:
        filtered: Tensor = self.filterbank(sound)
        return filtered


class SincNet(nn.Module):
    """(batch, 1, samples) of sound at 16 kHz -> (batch, 60, frames), a frame every 270 samples."""

    def __init__(self) -> None:
        super().__init__()
        self.wav_norm1d = nn.InstanceNorm1d(1, affine=True)
        self.conv1d = nn.ModuleList([_Encoder(), nn.Conv1d(80, 60, 5), nn.Conv1d(60, N_FEATURES, 5)])
        self.norm1d = nn.ModuleList([nn.InstanceNorm1d(n, affine=True) for n in (80, 60, N_FEATURES)])

    def forward(self, sound: Tensor) -> Tensor:
        x: Tensor = self.wav_norm1d(sound)
        for layer, (conv, norm) in enumerate(zip(self.conv1d, self.norm1d, strict=True)):
            x = conv(x)
            x = functional.max_pool1d(x.abs() if layer == 0 else x, 3)
            x = functional.leaky_relu(norm(x))
        return x
