"""Segmentation net: who of up to three voices speaks at each moment of ten seconds; two may at once.

A. Plaquet, H. Bredin, "Powerset multi-class cross entropy loss for neural speaker diarization", 2023. The
layers have the names of pyannote's published weights, segmentation-3.0.
"""

from itertools import combinations

import torch
from torch import Tensor, nn
from torch.nn import functional

from app.nets.sincnet import N_FEATURES, SincNet

N_VOICES, AT_ONCE = 3, 2
SETS = tuple(
    voices for size in range(AT_ONCE + 1) for voices in combinations(range(N_VOICES), size)
)  # the classes: nobody, each voice alone, each two


class SegmentationNet(nn.Module):
    """SincNet, four LSTMs in both directions, two linear layers and a classifier of sets of voices."""

    def __init__(self, hidden: int = 128) -> None:
        super().__init__()
        self.sincnet = SincNet()
        self.lstm = nn.LSTM(N_FEATURES, hidden, num_layers=4, bidirectional=True, batch_first=True)
        self.linear = nn.ModuleList([nn.Linear(2 * hidden, 128), nn.Linear(128, 128)])
        self.classifier = nn.Linear(128, len(SETS))

    def forward(self, sound: Tensor) -> Tensor:
        """Return how likely each set of voices is.

        Args:
            sound: (batch, samples) at 16 kHz.

        Returns:
            (batch, frames, len(SETS)): logarithms of probabilities.
        """
        x, _ = self.lstm(self.sincnet(sound[:, None]).transpose(1, 2))
        for linear in self.linear:
            x = functional.leaky_relu(linear(x))
        return functional.log_softmax(self.classifier(x), dim=-1)


def activity(scores: Tensor) -> Tensor:
    """Decode the likeliest set at each frame: (…, frames, len(SETS)) -> (…, frames, N_VOICES), bool."""
    members = torch.zeros(len(SETS), N_VOICES, dtype=torch.bool, device=scores.device)
    for row, voices in enumerate(SETS):
        members[row, list(voices)] = True
    return members[scores.argmax(dim=-1)]
