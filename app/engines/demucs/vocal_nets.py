"""The networks of a Demucs model that make the vocals, and what becomes of them where memory is short."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.audio.waveform import Samples
from app.engines.compute.interrupt import interruptible
from app.engines.compute.precision import Precision, autocast
from app.engines.demucs import checkpoint
from app.engines.weights.catalogue import CATALOGUE
from app.errors import N_, EngineFailed, EngineUnavailable

if TYPE_CHECKING:
    from torch.nn import Module

VOCALS = 3  # in every published model: drums, bass, other, vocals


class VocalNets:
    """Loaded sub-models, of a fine-tuned bag only those that the vocals come from.

    Args:
        device: torch's name of it.
        batch: windows in one pass; halved once memory is too little.

    Raises:
        EngineUnavailable: weights are missing or damaged.
    """

    def __init__(self, name: str, folder: Path, device: str, precision: Precision, batch: int) -> None:
        self.batch = batch
        self._device, self._precision = device, precision
        signatures, weights = checkpoint.signatures(name)
        self._nets: list[tuple[Module, float]] = []
        for index, signature in enumerate(signatures):
            weight = weights[index][VOCALS] if weights else 1.0
            if weight:
                self._nets.append((_load(name, folder, signature).to(device), weight))
        first: Any = self._nets[0][0]
        self.sample_rate: int = first.samplerate
        self.channels: int = first.audio_channels
        self.segment = int(first.samplerate * first.segment)

    def valid_length(self, length: int) -> int:
        """Return how many samples the networks take for a segment of `length`."""
        net: Any = self._nets[0][0]
        valid: int = net.valid_length(length) if hasattr(net, "valid_length") else length
        return valid

    def vocals(self, windows: Samples, check: Callable[[], None]) -> Samples:
        """Return the vocals of `windows`, (batch, channels, n). Runs on the device's thread.

        Where memory is too little, a smaller batch, then the CPU.

        Raises:
            EngineFailed: even that is too much.
        """
        import torch

        try:
            return self._compute(windows, check)
        except torch.OutOfMemoryError as error:
            if self._device != "cpu":
                torch.cuda.empty_cache()
            if len(windows) > 1:
                self.batch = len(windows) // 2
                halves = np.split(windows, [self.batch])
                return np.concatenate([self.vocals(half, check) for half in halves])
            if self._device == "cpu":
                raise EngineFailed(
                    N_("There is not enough memory for Demucs. Close other programs or switch cleaning off.")
                ) from error
            self._device = "cpu"
            self._nets = [(net.to("cpu"), weight) for net, weight in self._nets]
        return self.vocals(windows, check)

    def _compute(self, windows: Samples, check: Callable[[], None]) -> Samples:
        import torch

        mix = torch.from_numpy(windows).to(self._device)
        vocals = torch.zeros_like(mix)
        half = autocast(self._precision, self._device)
        with torch.inference_mode(), half, _attention_in_blocks():
            for net, weight in self._nets:
                with interruptible(_blocks(net), check):
                    made: Any = net
                    vocals += weight * made(mix)[:, made.sources.index("vocals")].float()
        total = sum(weight for _, weight in self._nets)
        result: Samples = (vocals / total).cpu().numpy()
        return result


def _load(name: str, folder: Path, signature: str) -> "Module":
    path = checkpoint.find(folder, signature)
    if path is None:
        raise _no_weights(name, folder)
    net = checkpoint.load(path)
    sources: Any = net.sources
    if len(sources) <= VOCALS or sources[VOCALS] != "vocals":
        raise EngineUnavailable(N_("Demucs %(name)s does not separate voices. Choose another."), name=name)
    checkpoint.keep_source(net, VOCALS)
    return net


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
