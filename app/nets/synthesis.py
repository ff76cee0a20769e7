"""The synthesis net: phones and a speaker in, frames of the WORLD vocoder out.

Phone and speaker embeddings, convolutions and a BiLSTM encode the text; a head gives durations; a BiLSTM
decodes the phones, repeated for their durations, into frames, two per step (as Zen et al., "Fast, Compact,
and High Quality LSTM-RNN Based Statistical Parametric Speech Synthesizers", Interspeech 2016).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from app.audio.espeak import Phone
from app.nets.phones import index
from app.nets.world import FRAMES_PER_S, N_ENVELOPE, N_FEATURES

STEP_FRAMES = 2
STEPS_PER_S = FRAMES_PER_S // STEP_FRAMES
PITCH_WEIGHT = 15  # of one of the 61 coefficients: pitch and voicing decide how a voice is heard
CONTRAST = 1.2
"""A net that is trained to the mean moves its coefficients too little, and sounds muffled; so they are moved
more (Toda and Tokuda 2007, on global variance). Chosen on validation: PocketSphinx misses .45 of the words at
1, .38 at 1.15, .37 at 1.3, while Q is .034, .035, .039."""
N_FLAGS = 3  # begins a word; place in the sentence; the sentence asks


@dataclass(frozen=True, slots=True)
class SynthesisConfig:
    """phones, voices: the inventories, in the order of their embeddings; languages: of the voices.

    plain: one LSTM each way from phones to frames and nothing else, what the lab's experiment starts from.
    """

    phones: tuple[str, ...]
    voices: tuple[str, ...]
    languages: tuple[str, ...]
    phone_size: int = 128
    voice_size: int = 64
    encoder_size: int = 128
    decoder_size: int = 192
    dropout: float = 0.2
    plain: bool = False


class SynthesisNet(nn.Module):
    """Durations are counted in steps of 10 ms; the net predicts their logarithm."""

    def __init__(self, config: SynthesisConfig) -> None:
        super().__init__()
        self.config = config
        c = config
        self.phone = nn.Embedding(len(c.phones), c.phone_size)
        self.voice = nn.Embedding(len(c.voices), c.voice_size)
        width = c.phone_size + c.voice_size + N_FLAGS
        both, layers = (False, 1) if c.plain else (True, 2)
        ways = 1 + both
        self.convolutions: nn.Module = nn.Conv1d(width, c.phone_size, 1)
        self.smooth: nn.Module | None = None
        if not c.plain:
            self.convolutions = nn.Sequential(
                nn.Conv1d(width, c.phone_size, 5, padding=2),
                nn.ReLU(),
                nn.Conv1d(c.phone_size, c.phone_size, 5, padding=2),
                nn.ReLU(),
            )
        self.encoder = nn.LSTM(c.phone_size, c.encoder_size, batch_first=True, bidirectional=both)
        self.drop = nn.Dropout(0.0 if c.plain else c.dropout)
        coded = ways * c.encoder_size + c.voice_size
        self.durations = nn.Sequential(nn.Linear(coded, 128), nn.ReLU(), nn.Linear(128, 1))
        self.decoder = nn.LSTM(coded + 3, c.decoder_size, layers, batch_first=True, bidirectional=both)
        self.out = nn.Linear(ways * c.decoder_size, STEP_FRAMES * N_FEATURES)
        if not c.plain:
            self.smooth = nn.Sequential(
                nn.Conv1d(N_FEATURES, 128, 5, padding=2), nn.Tanh(), nn.Conv1d(128, N_FEATURES, 5, padding=2)
            )
        # what the features are scaled by; per voice, since pitch and microphone differ
        self.mean: Tensor
        self.deviation: Tensor
        self.register_buffer("mean", torch.zeros(len(c.voices), N_FEATURES))
        self.register_buffer("deviation", torch.ones(len(c.voices), N_FEATURES))

    def encode(self, phones: Tensor, flags: Tensor, voice: Tensor) -> tuple[Tensor, Tensor]:
        """Return (batch, phones, width) codes and (batch, phones) log durations in steps."""
        speaker = self.voice(voice)[:, None].expand(-1, phones.shape[1], -1)
        shown = torch.cat([self.phone(phones), speaker, flags], dim=2)
        coded, _ = self.encoder(self.drop(self.convolutions(shown.transpose(1, 2)).transpose(1, 2)))
        coded = torch.cat([self.drop(coded), speaker], dim=2)
        return coded, self.durations(coded)[..., 0]

    def decode(self, coded: Tensor, steps: Tensor, heard: Tensor | None = None) -> Tensor:
        """Return scaled frames (batch, 2 · steps, features). steps: (batch, phones) int, 0 for padding.

        heard: (batch, steps, width of the decoder) is added to what the decoder reads.
        """
        regulated = [regulate(code, n) for code, n in zip(coded, steps, strict=True)]
        padded = nn.utils.rnn.pad_sequence(regulated, batch_first=True)
        if heard is not None:
            padded = padded + heard[:, : padded.shape[1]]
        decoded, _ = self.decoder(padded)
        frames: Tensor = self.out(self.drop(decoded)).reshape(len(padded), -1, N_FEATURES)
        if self.smooth is not None:
            frames = frames + self.smooth(frames.transpose(1, 2)).transpose(1, 2)
        return frames

    def forward(self, phones: Tensor, flags: Tensor, voice: Tensor, steps: Tensor) -> tuple[Tensor, Tensor]:
        """Return scaled frames and log durations, given the true durations."""
        coded, durations = self.encode(phones, flags, voice)
        return self.decode(coded, steps), durations

    def speak(
        self, phones: Tensor, flags: Tensor, voice: Tensor, speed: float = 1.0, steps: Tensor | None = None
    ) -> Tensor:
        """Return (frames, features) in the vocoder's own units for one sentence (batch of 1)."""
        coded, durations = self.encode(phones, flags, voice)
        if steps is None:
            steps = (durations.exp() / speed).round().clamp(1, 150).long()
        return self.unscaled(self.decode(coded, steps)[0], voice)

    def unscaled(self, frames: Tensor, voice: Tensor, contrast: float = CONTRAST) -> Tensor:
        """Return decoded (frames, features) in the vocoder's own units."""
        frames = torch.cat([frames[:, :2], contrast * frames[:, 2:N_ENVELOPE], frames[:, N_ENVELOPE:]], dim=1)
        frames = frames * self.deviation[voice] + self.mean[voice]
        return torch.cat([frames[:, :-1], torch.sigmoid(8 * (frames[:, -1:] - 0.5))], dim=1)


def inputs(phones: Sequence[Phone], text: str, inventory: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Return the numbers (phones,) and flags (phones, N_FLAGS) of a sentence."""
    n = len(phones)
    asks = float(text.rstrip().endswith("?"))
    flags = [[float(phone.begins_word), i / max(1, n - 1), asks] for i, phone in enumerate(phones)]
    return torch.tensor(index(phones, inventory)), torch.tensor(flags, dtype=torch.float32)


def regulate(coded: Tensor, steps: Tensor) -> Tensor:
    """Repeat (phones, width) codes for their durations, with the place within the phone beside them."""
    repeated = torch.repeat_interleave(coded, steps, dim=0)
    ends = steps.cumsum(0)
    place = torch.arange(len(repeated), device=coded.device) - torch.repeat_interleave(ends - steps, steps)
    length = torch.repeat_interleave(steps, steps)
    from_start = place / length
    extra = torch.stack([from_start, 1 - from_start, (length / 20).clamp(max=2)], dim=1)
    return torch.cat([repeated, extra.to(repeated.dtype)], dim=1)


def synthesis_loss(
    net: SynthesisNet, frames: Tensor, durations: Tensor, truth: Tensor, steps: Tensor
) -> Tensor:
    """Return the loss of scaled frames and log durations.

    truth: (batch, frames, features) scaled, NaN past the end of a sentence. A coefficient weighs by the root
    of what it moves the spectrum: the high ones are hardly heard and cannot be foretold. Pitch and voicing
    weigh as much as PITCH_WEIGHT coefficients each; pitch counts where there is voice.
    """
    heard = net.deviation[:, : N_ENVELOPE + 1].mean(0).sqrt()
    heard = heard / heard.mean()
    n = min(frames.shape[1], truth.shape[1])
    frames, truth = frames[:, :n], truth[:, :n]
    there = ~torch.isnan(truth[..., 0])
    error = (frames - truth.nan_to_num()).abs()[there]
    voiced = truth[..., -1][there] > 0
    weighed = (error[:, : N_ENVELOPE + 1] * heard).mean() + PITCH_WEIGHT / N_ENVELOPE * (
        (error[:, -2] * voiced).sum() / voiced.sum().clamp(min=1) + error[:, -1].mean()
    )
    real = steps > 0
    return weighed + 0.3 * functional.l1_loss(durations[real], steps[real].float().log())
