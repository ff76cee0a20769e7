"""Vectors of speech by wav2vec2 and its kin (HuBERT, WavLM).

wav2vec 2.0, Baevski et al. 2020 (arXiv 2006.11477). Attention over a whole file grows quadratically, so
the file goes in windows of at most 16 s, cut where it is quiet; it is normalised by the statistics of the
whole file, so that a short file gives what one whole-file pass would give.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from app.audio.waveform import Samples, Sound, Span
from app.audio.windows import quiet_windows
from app.engines.base import Embedding
from app.engines.checkpoints import StateCheckpoint
from app.engines.compute.device import Device, Priority
from app.engines.compute.interrupt import interruptible
from app.engines.compute.precision import Precision, autocast
from app.engines.pooling import POOLINGS, States, packed, unpacked
from app.engines.weights.catalogue import CATALOGUE
from app.engines.weights.identity import files_identity
from app.errors import N_, BadInput, EngineUnavailable
from app.progress import Progress

MAX_WINDOW_S = (
    20.0  # longer ones cost more each second (attention) and memory, and models learned from shorter
)
MIN_WINDOW_S = 0.1  # the convolutions need 400 samples; shorter sound is padded with silence
_VARIANCE_FLOOR = 1e-7  # transformers' Wav2Vec2FeatureExtractor.zero_mean_unit_var_norm
_READ_S = 60.0
_LIKE = 1.1  # lengths within this of each other share a pass; more padding costs more than a pass saves

Window = tuple[int, Span]  # of the recording with this number


class Wav2Vec2:
    """An Embedder on a model folder: config.json, weights, preprocessor_config.json. 16 kHz.

    Args:
        folder: as `transformers` saves it; safetensors, or a pickle that is read as tensors only.
        batch_s: seconds of sound in one pass, padding included; what memory grows with.
        precision: bf16 moves a vector by a cosine of about 1e-4 (docs/vectors.md).

    Raises:
        EngineUnavailable: the folder is not such a model.
    """

    def __init__(
        self, folder: Path, device: Device, batch_s: float = MAX_WINDOW_S, precision: Precision = "fp32"
    ) -> None:
        from transformers import AutoModel, Wav2Vec2FeatureExtractor

        self.name = f"wav2vec2 {folder.name}"
        self.device, self._batch_s, self._precision = device, batch_s, precision
        try:
            extractor = Wav2Vec2FeatureExtractor.from_pretrained(folder, local_files_only=True)
            load: Any = AutoModel.from_pretrained
            net = load(folder, local_files_only=True, trust_remote_code=False)
        except (OSError, ValueError, KeyError) as error:
            raise EngineUnavailable(
                N_("The folder %(name)s holds no wav2vec2 model. Fetch one: %(command)s"),
                name=folder.name,
                command=CATALOGUE["wav2vec2-xlsr-53-russian"].command,
            ) from error
        self.identity = f"{self.name} {batch_s} {precision} {files_identity(folder)}"
        self._net: Any = net.eval().to(device.name)
        self.dimension: int = net.config.hidden_size
        self._normalise: bool = extractor.do_normalize
        # models with group norm change with padding and take no mask: their windows go one by one
        self._masked: bool = extractor.return_attention_mask

    def embed(
        self, sound: Sound, pooling: str, progress: Progress, checkpoint: StateCheckpoint | None = None
    ) -> Embedding:
        """Embed a recording of any length in bounded memory."""
        return self._embed([sound], pooling, progress, checkpoint)[0]

    def embed_many(self, sounds: Sequence[Sound], pooling: str, progress: Progress) -> list[Embedding]:
        """Embed several recordings; windows of like length are computed side by side."""
        return self._embed(sounds, pooling, progress, None)

    def _embed(
        self, sounds: Sequence[Sound], pooling: str, progress: Progress, checkpoint: StateCheckpoint | None
    ) -> list[Embedding]:
        """Embed several, or go on with one."""
        if any(sound.duration_s == 0 for sound in sounds):
            raise BadInput(N_("There is no sound to make a vector of."))
        pools = [POOLINGS[pooling]() for _ in sounds]
        levels = [self._level(sound, progress) for sound in sounds]
        windows = [(i, span) for i, sound in enumerate(sounds) for span in quiet_windows(sound, MAX_WINDOW_S)]
        whole_s, done_s = sum(sound.duration_s for sound in sounds), 0.0
        state = checkpoint.latest() if checkpoint else None
        n_done = unpacked(pools[0], state) if state else 0
        for n_before, batch in enumerate(self._batches(windows)):
            if n_before < n_done:
                done_s += sum(span.duration_s for _, span in batch)
                continue
            samples = [self._read(sounds[i], span, levels[i]) for i, span in batch]
            check = partial(progress, done_s / whole_s)
            states = self.device.turn(Priority.BATCH, partial(self._forward, samples, check))
            for (i, _), found in zip(batch, states, strict=True):
                pools[i].add(found)
            if checkpoint and checkpoint.is_due:
                checkpoint.replace(packed(pools[0], n_before + 1))
            done_s += sum(span.duration_s for _, span in batch)
            progress(min(1.0, done_s / whole_s))
        return [Embedding(pool.vector(), self.name, pooling) for pool in pools]

    def _batches(self, windows: Sequence[Window]) -> Iterator[Sequence[Window]]:
        """Group windows of like length, so that little of a batch is padding."""
        batch: list[Window] = []
        for window in sorted(windows, key=lambda window: window[1].duration_s):
            longest_s = window[1].duration_s  # of the batch, were it in it
            if batch and not (
                self._masked
                and (len(batch) + 1) * longest_s <= self._batch_s
                and longest_s <= _LIKE * batch[0][1].duration_s
            ):
                yield batch
                batch = []
            batch.append(window)
        if batch:
            yield batch

    def _level(self, sound: Sound, progress: Progress) -> tuple[float, float]:
        """Return mean and standard deviation of the whole file, as the feature extractor would."""
        if not self._normalise:
            return 0.0, 1.0
        n, total, squares, at = 0, 0.0, 0.0, 0.0
        while at < sound.duration_s:
            piece = sound.cut(at, at + _READ_S).mono().astype(np.float64)
            n, total, squares = n + len(piece), total + piece.sum(), squares + np.square(piece).sum()
            at += _READ_S
            progress(0.0)
        mean = total / n
        return mean, float(np.sqrt(max(0.0, squares / n - mean**2) + _VARIANCE_FLOOR))

    def _read(self, sound: Sound, span: Span, level: tuple[float, float]) -> Samples:
        mean, std = level
        samples = sound.cut(span.start, span.end).mono()
        short = round(MIN_WINDOW_S * sound.sample_rate) - len(samples)
        padded = np.pad((samples - mean) / std, (0, max(0, short)))
        return padded.astype(np.float32, copy=False)

    def _forward(self, windows: Sequence[Samples], check: Callable[[], None]) -> list[States]:
        """Run the network on the device's thread; return the states (time, dimension) of each window."""
        import torch

        longest = max(len(window) for window in windows)
        values = torch.zeros(len(windows), longest)
        mask = torch.zeros(len(windows), longest, dtype=torch.long)
        for row, window in enumerate(windows):
            values[row, : len(window)] = torch.from_numpy(window)
            mask[row, : len(window)] = 1
        padded = self._masked and not bool(mask.all())  # attention without a mask is faster
        arguments = {"attention_mask": mask.to(self.device.name)} if padded else {}
        layers = [*self._net.feature_extractor.conv_layers, *self._net.encoder.layers]
        half = autocast(self._precision, self.device.name)
        with torch.inference_mode(), half, interruptible(layers, check):
            states = self._net(values.to(self.device.name), **arguments).last_hidden_state
        lengths = self._net._get_feat_extract_output_lengths(mask.sum(dim=1)).tolist()
        return [row[:length].float().cpu().numpy() for row, length in zip(states, lengths, strict=True)]
