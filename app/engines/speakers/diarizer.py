"""The diarizer: pyannote's segmentation net, CAM++ for voices, and clustering between them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.audio.waveform import SPEECH_RATE_HZ, Sound, Span
from app.documents.diarization import Turn
from app.engines.checkpoints import KeptBatches, RecordCheckpoint
from app.engines.compute.device import Device, Priority
from app.engines.diarization import DiarizeOptions
from app.engines.pooling import Vector
from app.engines.speakers.clustering import cluster
from app.engines.speakers.embedding import embed
from app.engines.speakers.reconstruction import turns
from app.engines.speakers.segmentation import segment
from app.engines.speakers.voiceprint import voiceprint
from app.engines.weights.identity import files_identity
from app.errors import N_, EngineUnavailable
from app.progress import Progress, part_of

if TYPE_CHECKING:
    from torch import nn

SEGMENTED, EMBEDDED = 0.3, 0.98  # shares of the work


class NetDiarizer:
    """Tells apart who speaks when in a recording of any length."""

    name = "pyannote segmentation-3.0, CAM++"
    voice_model = "CAM++ zh-en"

    def __init__(self, segmentation: Path, voices: Path, device: Device) -> None:
        from app.nets.campplus import CamPlusPlus
        from app.nets.segmentation import SegmentationNet

        self._device = device
        self.segmentation = SegmentationNet()
        _load(self.segmentation, segmentation, device.name)
        self.voices = CamPlusPlus()
        _load(self.voices, voices, device.name)
        weights = {segmentation.parent, voices.parent}
        self.identity = " ".join([self.name, *sorted(files_identity(folder) for folder in weights)])

    def diarize(
        self,
        sound: Sound,
        options: DiarizeOptions,
        progress: Progress,
        checkpoint: RecordCheckpoint | None = None,
    ) -> tuple[Turn, ...]:
        if sound.sample_rate != SPEECH_RATE_HZ:
            raise ValueError(f"speakers are told apart at {SPEECH_RATE_HZ} Hz, not {sound.sample_rate}")
        batches = KeptBatches(checkpoint)
        segmenting, embedding = part_of(progress, 0.0, SEGMENTED), part_of(progress, SEGMENTED, EMBEDDED)
        found = segment(sound, self.segmentation, self._device, segmenting, batches)
        voices = embed(sound, found, self.voices, self._device, embedding, batches)
        told = turns(found, cluster(voices, found.active.shape, options))
        progress(1.0)
        return told

    def voice(
        self,
        sound: Sound,
        spans: Sequence[Span],
        progress: Progress,
        *,
        least_s: float,
        priority: Priority = Priority.BATCH,
    ) -> Vector | None:
        return voiceprint(sound, spans, self.voices, self._device, progress, least_s, priority)


def _load(net: "nn.Module", path: Path, device: str) -> None:
    """Read published weights, as numbers only. Raises EngineUnavailable where they do not fit."""
    import torch

    try:
        kept = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(kept.get("state_dict", kept))
    except Exception as error:  # torch raises many kinds for a file that is none of its own
        raise EngineUnavailable(
            N_("The weights in %(folder)s cannot be used: %(reason)s"),
            folder=str(path),
            reason=str(error)[:200],
        ) from error
    net.eval().to(device)
