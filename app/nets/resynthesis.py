"""Repair and synthesis as one net: damaged speech and its text in, the vocoder's frames of clean speech out.

The repair net takes the damage away; what is then heard is added to what the decoder of the voices reads, so
that the loss of synthesis reaches the repair. Parametric resynthesis (Maiti and Mandel, "Parametric
Resynthesis with Neural Vocoders", WASPAA 2019), here with the text known.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from app.audio.features import mel_filters
from app.audio.waveform import SPEECH_RATE_HZ
from app.nets.repair import N_PERIODS, PITCH_FRAME, PITCH_HOP, RepairConfig, RepairNet, correlation
from app.nets.synthesis import SynthesisConfig, SynthesisNet

N_MELS = 80
_N_FFT = 1024


@dataclass(frozen=True, slots=True)
class ResynthesisConfig:
    """The two nets, and the width of what lies between them."""

    voices: SynthesisConfig
    repair: RepairConfig
    listening_size: int = 192


class ResynthesisNet(nn.Module):
    """It begins as the two nets that it is made of: the decoder hears nothing yet."""

    def __init__(self, voices: SynthesisNet, repair: RepairNet) -> None:
        super().__init__()
        self.config = config = ResynthesisConfig(voices.config, repair.config)
        self.voices, self.repair = voices, repair
        size, width = config.listening_size, voices.decoder.input_size
        last = nn.Conv1d(size, width, 1)
        nn.init.zeros_(last.weight)
        assert last.bias is not None
        nn.init.zeros_(last.bias)
        self.listening = nn.Sequential(
            nn.Conv1d(N_MELS + N_PERIODS, size, 5, padding=2),
            nn.ReLU(),
            nn.Conv1d(size, size, 5, padding=2),
            nn.ReLU(),
            last,
        )
        self.mels: Tensor
        self.window: Tensor
        mels = torch.from_numpy(mel_filters(N_MELS, _N_FFT, SPEECH_RATE_HZ)).float()
        self.register_buffer("mels", mels, persistent=False)
        self.register_buffer("window", torch.hann_window(PITCH_FRAME), persistent=False)

    def forward(
        self,
        wave: Tensor,
        gaps: Tensor,
        clipped: Tensor,
        phones: Tensor,
        flags: Tensor,
        voice: Tensor,
        steps: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the repaired wave, scaled frames and log durations.

        wave, gaps, clipped: (batch, n) at 16 kHz; the others as `SynthesisNet` takes them.
        """
        repaired = self.repair(wave, gaps, clipped)
        coded, durations = self.voices.encode(phones, flags, voice)
        return repaired, self.voices.decode(coded, steps, self.heard(repaired)), durations

    def heard(self, wave: Tensor) -> Tensor:
        """Return what the decoder hears of (batch, n) waves, (batch, steps of 10 ms, its width)."""
        level = wave.square().mean(dim=1, keepdim=True).add(1e-8).sqrt()
        before = (PITCH_FRAME - PITCH_HOP) // 2  # a frame lies around its step
        frames = functional.pad(wave / level, (before, before)).unfold(1, PITCH_FRAME, PITCH_HOP)
        power = torch.view_as_real(torch.fft.rfft(frames * self.window, _N_FFT)).square().sum(-1)
        mel = torch.log10(power @ self.mels.T + 1e-3) / 2
        shown = torch.cat([mel, correlation(frames, self.window)], dim=2)
        heard: Tensor = self.listening(shown.transpose(1, 2)).transpose(1, 2)
        return heard
