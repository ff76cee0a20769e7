"""A Separator: our own repair autoencoder, small and quick on any processor, with nothing to download."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from app.audio.waveform import SPEECH_RATE_HZ, Samples, Sound, Waveform
from app.engines.compute.device import Device, Priority
from app.engines.weights.identity import files_identity
from app.progress import Progress

if TYPE_CHECKING:
    from app.nets.repair import RepairNet


class Repair:
    """A Separator: gaps and clipped peaks are bridged, noise and echo taken away, whole sound left alone.

    Load it on the device's thread.

    Raises:
        EngineUnavailable: `folder` holds no weights that fit.
    """

    name = "Konspekt repair"
    sample_rate = SPEECH_RATE_HZ
    channels = 1

    def __init__(self, folder: Path, device: Device) -> None:
        from app.nets import checkpoint
        from app.nets.repairer import Repairer

        net = cast("RepairNet", checkpoint.load(folder, "repair"))
        self.identity = f"{self.name} {files_identity(folder)}"
        self.device = device
        self._repairer = Repairer(net.to(device.name))

    def separate(
        self, sound: Sound, write: Callable[[Waveform], None], progress: Progress, start: int = 0
    ) -> None:
        """Hand the repaired sound to `write`, piece by piece; one window is one turn of the device."""

        def cut(start_s: float, end_s: float) -> Samples:
            return sound.cut(start_s, end_s).mono()

        pieces = self._repairer.stream(cut, sound.duration_s, start / self.sample_rate)
        done = start
        while (piece := self.device.turn(Priority.BATCH, lambda: next(pieces, None))) is not None:
            write(Waveform(piece[None], self.sample_rate))
            done += len(piece)
            progress(min(1.0, done / self.sample_rate / sound.duration_s))
