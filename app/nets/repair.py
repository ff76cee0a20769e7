"""The repair autoencoder: damaged speech in, the same speech repaired out.

A convolutional recurrent autoencoder on the spectrogram (Tan and Wang, "A Convolutional Recurrent Neural
Network for Real-Time Speech Enhancement", Interspeech 2018) that gives a complex mask. Below 2 kHz it sees
every bin, above that ERB bands, as GTCRN does (Rong et al., ICASSP 2024). It begins as the identity: the
mask's offset is zero.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from app.audio.waveform import SPEECH_RATE_HZ

N_INPUTS = 5  # compressed magnitude, real, imaginary; gap mask, clip mask


@dataclass(frozen=True, slots=True)
class RepairConfig:
    """The size of the net.

    n_linear: bins that are kept as they are; n_bands: these and the bands above them.
    """

    n_fft: int = 512
    hop: int = 256
    n_linear: int = 64
    n_bands: int = 128
    channels: tuple[int, ...] = (24, 32, 48, 64)
    lstm_size: int = 128
    lstm_layers: int = 2
    compression: float = 0.3


class RepairNet(nn.Module):
    """Repair (batch, n) waves at 16 kHz; the level of the input does not matter."""

    def __init__(self, config: RepairConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or RepairConfig()
        spread = torch.from_numpy(band_matrix(config))  # (bands, bins)
        self.spread: Tensor
        self.gather: Tensor
        self.window: Tensor
        self.register_buffer("spread", spread, persistent=False)
        self.register_buffer("gather", spread / spread.sum(dim=1, keepdim=True), persistent=False)
        self.register_buffer("window", torch.hann_window(config.n_fft).sqrt(), persistent=False)
        sizes = (N_INPUTS, *config.channels)
        self.encoder = nn.ModuleList(
            _block(nn.Conv2d(a, b, (3, 5), (1, 2), (1, 2)), b) for a, b in itertools.pairwise(sizes)
        )
        deepest = config.channels[-1] * (config.n_bands >> len(config.channels))
        self.lstm = nn.LSTM(
            deepest, config.lstm_size, config.lstm_layers, batch_first=True, bidirectional=True
        )
        self.widen = nn.Linear(2 * config.lstm_size, deepest)
        outputs = (*config.channels[-2::-1], config.channels[0])
        self.decoder = nn.ModuleList(
            _block(nn.ConvTranspose2d(2 * a, b, (3, 4), (1, 2), (1, 1)), b)
            for a, b in zip(reversed(config.channels), outputs, strict=True)
        )
        self.mask = nn.Conv2d(config.channels[0] + 3, 2, 3, padding=1)
        nn.init.zeros_(self.mask.weight)
        assert self.mask.bias is not None
        nn.init.zeros_(self.mask.bias)

    def forward(self, wave: Tensor, gaps: Tensor, clipped: Tensor) -> Tensor:
        """Repair waves. gaps, clipped: (batch, n), 1 where the input was bridged."""
        scale = wave.square().mean(dim=1, keepdim=True).add(1e-10).sqrt()
        spectrum = self.transform(wave / scale)
        repaired = spectrum * self.complex_mask(spectrum, gaps, clipped)
        return self.invert(repaired, wave.shape[1]) * scale

    def complex_mask(self, spectrum: Tensor, gaps: Tensor, clipped: Tensor) -> Tensor:
        """Return the (batch, bins, frames) complex factor for a spectrum of unit power."""
        bands = torch.einsum("kf,bft->btk", self.gather.to(spectrum.dtype), spectrum)
        magnitude = bands.abs().add(1e-6) ** self.config.compression
        phase = bands / (bands.abs() + 1e-6)
        shown = torch.stack([magnitude, magnitude * phase.real, magnitude * phase.imag], dim=1)
        flags = torch.stack([self._framed(gaps), self._framed(clipped)], dim=1)[..., None].expand(
            -1, -1, -1, shown.shape[-1]
        )
        hidden = torch.cat([shown, flags.to(shown.dtype)], dim=1).contiguous(
            memory_format=torch.channels_last
        )
        skips = []
        for layer in self.encoder:
            hidden = layer(hidden)
            skips.append(hidden)
        batch, channels, frames, width = hidden.shape
        recalled, _ = self.lstm(hidden.permute(0, 2, 1, 3).reshape(batch, frames, -1))
        hidden = self.widen(recalled).view(batch, frames, channels, width).permute(0, 2, 1, 3)
        for layer in self.decoder:
            hidden = layer(torch.cat([hidden, skips.pop()], dim=1))
        offset = self.mask(torch.cat([hidden, shown], dim=1)).float()  # (batch, 2, frames, bands)
        offset = torch.einsum("bctk,kf->bcft", offset, self.spread).float()  # autocast makes it bf16 again
        return torch.complex(1 + offset[:, 0], offset[:, 1])

    def transform(self, wave: Tensor) -> Tensor:
        """Return the (batch, bins, frames) spectrum of (batch, n) waves."""
        return torch.stft(
            wave,
            self.config.n_fft,
            self.config.hop,
            window=self.window,
            return_complex=True,
            pad_mode="constant",
        )

    def invert(self, spectrum: Tensor, n: int) -> Tensor:
        return torch.istft(spectrum, self.config.n_fft, self.config.hop, window=self.window, length=n)

    def _framed(self, flags: Tensor) -> Tensor:
        """Pool sample flags to the frames that see them: (batch, frames)."""
        half = self.config.n_fft // 2
        padded = functional.pad(flags, (half, half))
        return functional.max_pool1d(padded[:, None], self.config.n_fft, self.config.hop)[:, 0]


def band_matrix(config: RepairConfig) -> npt.NDArray[np.float32]:
    """Return (bands, bins): how a value per band spreads over the bins, linear between band centres."""
    bins = config.n_fft // 2 + 1
    hz_per_bin = SPEECH_RATE_HZ / config.n_fft
    low, high = (_erb(bin_ * hz_per_bin) for bin_ in (config.n_linear, bins - 1))
    scale = np.linspace(low, high, config.n_bands - config.n_linear)
    centres = (10 ** (scale / 21.4) - 1) / 0.00437 / hz_per_bin
    centres = np.concatenate([np.arange(config.n_linear, dtype=np.float64), centres])
    rows = [np.interp(np.arange(bins), centres, row) for row in np.eye(config.n_bands)]
    return np.stack(rows).astype(np.float32)


def _erb(hz: float) -> float:
    """Return the place on the scale of equal rectangular bandwidths (Glasberg and Moore 1990)."""
    return 21.4 * math.log10(1 + 0.00437 * hz)


def repair_loss(net: RepairNet, repaired: Tensor, clean: Tensor) -> Tensor:
    """Return GTCRN's hybrid loss: compressed spectrum, compressed magnitude, and signal-to-noise ratio."""
    scale = clean.square().mean(dim=1, keepdim=True).add(1e-8).sqrt()
    truth, guess = net.transform(clean / scale), net.transform(repaired / scale)
    power = net.config.compression
    truth_size, guess_size = truth.abs().add(1e-4), guess.abs().add(1e-4)
    truth_small, guess_small = truth * truth_size ** (power - 1), guess * guess_size ** (power - 1)
    spectrum = torch.view_as_real(truth_small - guess_small).square().mean()
    magnitude = (truth_size**power - guess_size**power).square().mean()
    error = (repaired - clean).square().sum(dim=1)
    energy = clean.square().sum(dim=1)
    ratio = torch.log10((energy + 1e-8) / (error + 1e-4 * energy + 1e-8)).mean()  # 40 dB is good enough
    return 60 * spectrum + 70 * magnitude - ratio


_PERIODS = slice(32, 267)  # lags of 500 to 60 Hz
N_PERIODS = _PERIODS.stop - _PERIODS.start
PITCH_FRAME, PITCH_HOP = 800, 160  # three of the longest periods, every 10 ms
_SILENT = 0.02  # of the peak: a pitch tracker takes what is below for silence (Boersma 1993)


def pitch_loss(repaired: Tensor, clean: Tensor) -> Tensor:
    """Return how far a pitch tracker would be led astray, in voice and in pauses.

    Trackers read F0 off the normalised autocorrelation, so that of each frame is compared; in pauses there is
    nothing to read, and what is left above the level of silence is counted instead.
    """
    loudest = clean.abs().amax(dim=1, keepdim=True) + 1e-5
    truth, guess = ((wave / loudest).unfold(1, PITCH_FRAME, PITCH_HOP) for wave in (clean, repaired))
    window = torch.hann_window(PITCH_FRAME, device=clean.device)
    level_truth, level_guess = (f.square().mean(2).add(1e-8).sqrt() for f in (truth, guess))
    there, heard = (correlation(f, window) for f in (truth, guess))
    speaks = (truth.abs().amax(2) > 1.5 * _SILENT).float()
    astray = ((there - heard).square().mean(2) * speaks).sum() / speaks.sum().clamp(min=1)
    floor = torch.maximum(level_truth, torch.full_like(level_truth, _SILENT / 4))
    left = torch.log10(level_guess / floor).relu().square()
    return 90 * astray + 25 * (left * (1 - speaks)).sum() / (1 - speaks).sum().clamp(min=1)


def correlation(frames: Tensor, window: Tensor) -> Tensor:
    """Return the normalised autocorrelation of (batch, frames, samples) at the lags of voices."""
    frames = (frames - frames.mean(2, keepdim=True)) * window
    power = torch.view_as_real(torch.fft.rfft(frames, 2048)).square().sum(-1)
    own = torch.fft.irfft(power)
    of_window = torch.fft.irfft(torch.view_as_real(torch.fft.rfft(window, 2048)).square().sum(-1))
    envelope = of_window[_PERIODS] / of_window[0]
    shown: Tensor = own[..., _PERIODS] / (own[..., :1] + 1e-6) / envelope
    return shown


def _block(convolution: nn.Module, channels: int) -> nn.Sequential:
    return nn.Sequential(convolution, nn.BatchNorm2d(channels), nn.ReLU())
