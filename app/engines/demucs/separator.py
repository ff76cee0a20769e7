"""Clean speech with Demucs: the vocals of a recording, streamed.

Hybrid Transformer Demucs, Rouard et al. 2023 (arXiv 2211.08553). The result is that of
`demucs.api.Separator` with shifts=0, but only the vocals are made, only the sub-models that make them
run, segments are batched, and memory does not grow with the recording.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.audio.overlap import OverlapAdd
from app.audio.waveform import Samples, Sound, Waveform
from app.engines.compute.device import Device, Priority
from app.engines.compute.interrupt import interruptible
from app.engines.compute.precision import Precision, autocast
from app.engines.demucs import checkpoint as checkpoint
from app.engines.weights.catalogue import CATALOGUE
from app.errors import N_, EngineFailed, EngineUnavailable
from app.progress import Progress

if TYPE_CHECKING:
    from torch.nn import Module

VOCALS = 3  # in every published model: drums, bass, other, vocals
_STATISTICS_S = 30  # seconds read at once while the level is measured


@dataclass(frozen=True, slots=True)
class DemucsOptions:
    """overlap: of neighbouring segments, 0..0.5; batch: segments in one pass."""

    overlap: float = 0.1
    batch: int = 1
    precision: Precision = "fp32"


class Demucs:
    """A Separator on Demucs' checkpoints in `folder`. Load it on the device's thread.

    Raises:
        EngineUnavailable: weights are missing or damaged.
    """

    def __init__(self, name: str, folder: Path, device: Device, options: DemucsOptions) -> None:
        self.name = f"Demucs {name}"
        self.device, self.options = device, options
        self._torch_device = device.name
        self._batch = options.batch
        signatures, weights = checkpoint.signatures(name)
        self._nets: list[tuple[Module, float]] = []
        for index, signature in enumerate(signatures):
            weight = weights[index][VOCALS] if weights else 1.0
            if weight:  # in a fine-tuned bag one sub-model alone makes the vocals
                self._nets.append((self._load(name, folder, signature), weight))
        first: Any = self._nets[0][0]
        self.sample_rate: int = first.samplerate
        self.channels: int = first.audio_channels
        self.segment = int(first.samplerate * first.segment)
        self.stride = int((1 - options.overlap) * self.segment)

    def separate(self, sound: Sound, write: Callable[[Waveform], None], progress: Progress) -> None:
        """Hand the vocals of `sound` to `write`, piece by piece and in order.

        Args:
            sound: of this engine's `sample_rate`; a mono recording is spread to all channels.
        """
        n = round(sound.duration_s * self.sample_rate)
        mean, std = self._level(sound, progress)
        joined = OverlapAdd(self.channels, self.segment, self.stride)
        written = 0
        for lengths, windows in self._batches(sound, n, mean, std):
            check = partial(progress, written / n)
            vocals = self.device.turn(Priority.BATCH, partial(self._forward, windows, check))
            for length, estimate in zip(lengths, vocals, strict=True):
                start = (estimate.shape[-1] - length) // 2
                done = joined.add(estimate[:, start : start + length]) * std + mean
                write(Waveform(done.astype(np.float32, copy=False), self.sample_rate))
                written += done.shape[1]
            progress(written / n)

    def _load(self, name: str, folder: Path, signature: str) -> "Module":
        path = checkpoint.find(folder, signature)
        if path is None:
            raise _no_weights(name, folder)
        net = checkpoint.load(path)
        sources: Any = net.sources
        if len(sources) <= VOCALS or sources[VOCALS] != "vocals":
            raise EngineUnavailable(
                N_("Demucs %(name)s does not separate voices. Choose another."), name=name
            )
        checkpoint.keep_source(net, VOCALS)
        return net.to(self._torch_device)

    def _level(self, sound: Sound, progress: Progress) -> tuple[np.float32, np.float32]:
        """Measure mean and standard deviation of the mono mix, as `Separator.separate_tensor` does."""
        n, total, squares = 0, 0.0, 0.0
        at = 0.0
        while at < sound.duration_s:
            piece = sound.cut(at, at + _STATISTICS_S).mono().astype(np.float64)
            n, total, squares = n + len(piece), total + piece.sum(), squares + (piece**2).sum()
            at += _STATISTICS_S
            progress(0.0)
        mean = total / max(1, n)
        variance = max(0.0, squares - n * mean**2) / max(1, n - 1)
        return np.float32(mean), np.float32(np.sqrt(variance) + 1e-8)

    def _batches(
        self, sound: Sound, n: int, mean: np.float32, std: np.float32
    ) -> Iterator[tuple[list[int], Samples]]:
        """Yield (length of each segment, their windows (B, channels, n)); equal windows share a batch."""
        lengths: list[int] = []
        windows: list[Samples] = []
        for offset in range(0, n, self.stride):
            length = min(self.segment, n - offset)
            window = self._window(sound, offset, length, mean, std)
            if windows and (len(windows) >= self._batch or windows[0].shape != window.shape):
                yield lengths, np.stack(windows)
                lengths, windows = [], []
            lengths.append(length)
            windows.append(window)
        if windows:
            yield lengths, np.stack(windows)

    def _window(self, sound: Sound, offset: int, length: int, mean: np.float32, std: np.float32) -> Samples:
        """Read a segment with what stands around it, to the length that the network takes, normalised."""
        net: Any = self._nets[0][0]
        valid: int = net.valid_length(length) if hasattr(net, "valid_length") else length
        first = offset - (valid - length) // 2
        rate = self.sample_rate
        found = sound.cut(max(0, first) / rate, (first + valid) / rate).samples
        window = np.zeros((self.channels, valid), np.float32)
        left = max(0, -first)
        window[:, left : left + found.shape[1]] = (found - mean) / std  # silence around it stays 0
        return window

    def _forward(self, windows: Samples, check: Callable[[], None]) -> Samples:
        """Run the nets on the device's thread; out of memory: a smaller batch, then the CPU."""
        import torch

        try:
            return self._compute(windows, check)
        except torch.OutOfMemoryError as error:
            if self._torch_device != "cpu":
                torch.cuda.empty_cache()
            if len(windows) > 1:
                self._batch = len(windows) // 2
                halves = np.split(windows, [self._batch])
                return np.concatenate([self._forward(half, check) for half in halves])
            if self._torch_device == "cpu":
                raise EngineFailed(
                    N_("There is not enough memory for Demucs. Close other programs or switch cleaning off.")
                ) from error
            self._torch_device = "cpu"
            self._nets = [(net.to("cpu"), weight) for net, weight in self._nets]
        return self._forward(windows, check)

    def _compute(self, windows: Samples, check: Callable[[], None]) -> Samples:
        import torch

        mix = torch.from_numpy(windows).to(self._torch_device)
        vocals = torch.zeros_like(mix)
        half = autocast(self.options.precision, self._torch_device)
        with torch.inference_mode(), half, _attention_in_blocks():
            for net, weight in self._nets:
                with interruptible(_blocks(net), check):
                    made: Any = net
                    vocals += weight * made(mix)[:, made.sources.index("vocals")].float()
        total = sum(weight for _, weight in self._nets)
        result: Samples = (vocals / total).cpu().numpy()
        return result


def _no_weights(name: str, folder: Path) -> EngineUnavailable:
    published = CATALOGUE.get(f"demucs-{name}")
    if published is None:
        return EngineUnavailable(
            N_("Demucs %(name)s has no weights here. Put its .th files into %(folder)s, or choose another."),
            name=name,
            folder=str(folder),
        )
    return EngineUnavailable(
        N_("Demucs %(name)s has no weights here. Fetch them: %(command)s"),
        name=name,
        command=published.command,
    )


@contextmanager
def _attention_in_blocks() -> Iterator[None]:
    """Let torch's attention run block by block (Dao et al. 2022), a sixth of a pass faster on a CPU.

    Its own shortcut for inference writes out the whole matrix of every head instead.
    """
    import torch

    usual = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(usual)


def _blocks(net: "Module") -> "list[Module]":
    """Return the layers of a network's encoders, decoders and transformer."""
    from torch.nn import ModuleList

    return [layer for part in net.modules() if isinstance(part, ModuleList) for layer in part]
