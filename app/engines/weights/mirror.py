"""A copy of the weights that the operator names: asked before the sources of the catalogue."""

from pathlib import Path
from urllib.parse import quote

from app.engines.weights.sources import Folder, Source, Website, WeightFile, Weights


def sources(weights: Weights, place: str | None) -> tuple[Source, ...]:
    """Return what a mirror may have of a model: the files of any of its sources, where `models_dir` has them.

    Args:
        place: the folder or the http(s) address of a copy of a `models_dir`.
    """
    if not place:
        return ()
    variants = dict.fromkeys(source.files for source in weights.sources)
    return tuple(_at(place, files) for files in variants)


def _at(place: str, files: tuple[WeightFile, ...]) -> Source:
    if place.startswith(("http://", "https://")):
        return Website(files, tuple(f"{place.rstrip('/')}/{quote(file.path)}" for file in files))
    return Folder(files, Path(place))
