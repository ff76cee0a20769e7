"""Demucs' own checkpoint files, read without running what is in them.

Upstream unpickles them (`demucs/states.py`, weights_only=False). Here torch builds nothing but tensors,
plain values and Demucs' own network classes; a file that wants more is refused.
"""

import hashlib
import pickle
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import N_, EngineUnavailable

if TYPE_CHECKING:
    from torch.nn import Module


def signatures(name: str) -> tuple[list[str], list[list[float]] | None]:
    """Return the sub-models of a Demucs model and each one's weight per source (None: all equal)."""
    import demucs
    import yaml

    recipe = Path(demucs.__file__).parent / "remote" / f"{name}.yaml"
    if not recipe.is_file():
        return [name], None
    bag = yaml.safe_load(recipe.read_text("utf-8"))
    return bag["models"], bag.get("weights")


def find(folder: Path, signature: str) -> Path | None:
    """Return the file of a sub-model: `<signature>.th` or `<signature>-<checksum>.th`."""
    found = sorted([*folder.glob(f"{signature}.th"), *folder.glob(f"{signature}-*.th")])
    return found[0] if found else None


def load(path: Path) -> "Module":
    """Load one network.

    Raises:
        EngineUnavailable: the checksum in the name is not the file's, or it is not a Demucs checkpoint.
    """
    import torch
    from demucs import states
    from demucs.demucs import Demucs
    from demucs.hdemucs import HDemucs
    from demucs.htdemucs import HTDemucs

    _, _, checksum = path.stem.rpartition("-")
    if "-" in path.stem:
        with path.open("rb") as file:
            if not hashlib.file_digest(file, "sha256").hexdigest().startswith(checksum):
                raise EngineUnavailable(
                    N_("The file %(name)s is damaged: its checksum is wrong. Delete it and fetch it again."),
                    name=path.name,
                )
    try:
        with torch.serialization.safe_globals([HTDemucs, HDemucs, Demucs, Fraction]):
            package: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        build: Any = states.load_model
        net: Module = build(package)
    except (pickle.UnpicklingError, RuntimeError, KeyError, TypeError, EOFError) as error:
        raise EngineUnavailable(
            N_("The file %(name)s is not a Demucs checkpoint. Delete it and fetch it again."), name=path.name
        ) from error
    return net.eval()


def keep_source(net: "Module", source: int) -> None:
    """Let a Hybrid Transformer Demucs make one source only; the others are not computed at all.

    Only its two last layers know of sources: each makes them in blocks of channels, so that leaving the
    other blocks away changes nothing in this one.
    """
    from demucs.htdemucs import HTDemucs
    from torch.nn import Identity, Parameter

    if not isinstance(net, HTDemucs):
        return
    layers: list[Any] = [net.decoder[-1], net.tdecoder[-1]]
    if not all(isinstance(layer.norm2, Identity) for layer in layers):  # a norm would see the others
        return
    for layer in layers:
        convolution = layer.conv_tr
        n = convolution.out_channels // len(net.sources)
        kept = slice(source * n, (source + 1) * n)
        convolution.weight = Parameter(convolution.weight[:, kept].detach().clone())
        convolution.bias = Parameter(convolution.bias[kept].detach().clone())
        convolution.out_channels = n
    net.sources = [net.sources[source]]
