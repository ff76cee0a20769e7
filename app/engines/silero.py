"""Silero VAD: finds where somebody speaks, on the weights that lie in its package.

The package's own model is called once per 32 ms window. The same network is written out here so that
all windows of a piece go through its convolutions together, and only its LSTM walks from one to the next:
the same probabilities (to 1e-5), about fourteen times faster. Importing the package would also set
torch to one thread for the whole process, so only its weights are read.
"""

import importlib.util
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.audio.voice_activity import WINDOW, WINDOW_S, follow_spans
from app.audio.waveform import SPEECH_RATE_HZ, Samples, Sound, Span
from app.engines.compute.device import Device, Priority
from app.progress import Progress

if TYPE_CHECKING:
    from torch import Tensor

    State = tuple[Tensor, tuple[Tensor, Tensor] | None]

CONTEXT = 64  # samples of the window before that it also sees
PIECE_S = 960 * WINDOW_S  # read and judged in one turn: 30.72 s, about 15 ms of work


class SileroVoiceDetector:
    """Finds speech in a recording of any length, reading it piece by piece."""

    name = "Silero VAD"

    def __init__(self, device: Device) -> None:
        import torch

        self._device = device
        self._torch = torch
        spec = importlib.util.find_spec("silero_vad")
        assert spec is not None
        assert spec.origin is not None
        path = Path(spec.origin).parent / "data" / "silero_vad.jit"
        weights = torch.jit.load(str(path), map_location="cpu").state_dict()  # type: ignore[no-untyped-call]  # torch forgot
        self._weights = {
            name.removeprefix("_model."): weight
            for name, weight in weights.items()
            if name.startswith("_model.")
        }
        self._lstm = torch.nn.LSTM(128, 128)
        self._lstm.load_state_dict(
            {
                f"{name}_l0": self._weights[f"decoder.rnn.{name}"]
                for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            }
        )

    def detect(self, sound: Sound, progress: Progress) -> Iterator[Span]:
        """Yield the spans of speech, padded so that they touch neither each other nor the edges.

        The sound is read no further than it takes to know a span: who hears the first need not wait for the
        last.
        """
        if sound.sample_rate != SPEECH_RATE_HZ:
            raise ValueError(f"Silero VAD hears {SPEECH_RATE_HZ} Hz, not {sound.sample_rate}")
        return follow_spans(self._probabilities(sound, progress), sound.duration_s)

    def _probabilities(self, sound: Sound, progress: Progress) -> Iterator[Samples]:
        context, state, start = self._torch.zeros(CONTEXT), None, 0.0
        while start < sound.duration_s:
            samples = sound.cut(start, start + PIECE_S).mono()
            probabilities, context, state = self._device.turn(
                Priority.BATCH, partial(self._judge, samples, context, state)
            )
            start += PIECE_S
            progress(min(1.0, start / sound.duration_s))
            yield probabilities

    def follow(self, pieces: "Sequence[tuple[Samples, State | None]]") -> "list[tuple[Samples, State]]":
        """Judge the next piece of each of several live streams in one turn.

        Args:
            pieces: samples, a multiple of WINDOW; and what the stream's last piece gave, None at its start.

        Returns:
            Each window's probability of speech, and what the stream's next piece continues from.
        """

        def judge_all() -> "list[tuple[Samples, State]]":
            judged: list[tuple[Samples, State]] = []
            threads = self._torch.get_num_threads()
            self._torch.set_num_threads(1)  # a second thread costs more than so little work
            try:
                for samples, state in pieces:
                    before = state or (self._torch.zeros(CONTEXT), None)
                    probabilities, context, memory = self._judge(samples, *before)
                    judged.append((probabilities, (context, memory)))
            finally:
                self._torch.set_num_threads(threads)
            return judged

        return self._device.turn(Priority.LIVE_FINAL, judge_all)

    def _judge(
        self, samples: Samples, context: "Tensor", state: "tuple[Tensor, Tensor] | None"
    ) -> "tuple[Samples, Tensor, tuple[Tensor, Tensor]]":
        """Return each window's probability of speech, and what the next piece continues from."""
        torch, weights = self._torch, self._weights
        functional = torch.nn.functional
        with torch.inference_mode():
            padded = np.pad(samples, (0, -len(samples) % WINDOW))
            row = torch.cat([context, torch.from_numpy(padded)])
            windows = functional.pad(row.unfold(0, CONTEXT + WINDOW, WINDOW), (0, CONTEXT), "reflect")
            spectrum = functional.conv1d(windows[:, None], weights["stft.forward_basis_buffer"], stride=128)
            real, imaginary = spectrum.chunk(2, dim=1)
            x = (real**2 + imaginary**2).sqrt()  # (windows, 129, 4)
            for layer, stride in enumerate((1, 2, 2, 1)):
                name = f"encoder.{layer}.reparam_conv"
                x = functional.conv1d(
                    x, weights[f"{name}.weight"], weights[f"{name}.bias"], stride=stride, padding=1
                ).relu()
            hidden, state = self._lstm(x.transpose(1, 2), state)  # a batch of one, (windows, 1, 128)
            scores = functional.conv1d(
                hidden.relu().transpose(1, 2),
                weights["decoder.decoder.2.weight"],
                weights["decoder.decoder.2.bias"],
            )
            probabilities: Samples = scores.sigmoid().flatten().numpy()
            return probabilities, row[-CONTEXT:], state
