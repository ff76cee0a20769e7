"""Which device there is for a name of the settings."""

import re

from app.errors import N_, EngineUnavailable

NO_DEVICE = N_(
    "There is no device “%(name)s” here to compute on. Choose auto or cpu (KONSPEKT_DEVICE, --device)."
)
_CUDA = re.compile(r"cuda(?::(\d+))?")


def available(name: str) -> str:
    """Return its real name, of the best one for "auto". Raises EngineUnavailable where it is not here."""
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    cuda = _CUDA.fullmatch(name)
    if cuda and torch.cuda.is_available() and int(cuda[1] or 0) < torch.cuda.device_count():
        return name
    if name == "cpu" or (name == "mps" and torch.backends.mps.is_available()):
        return name
    raise EngineUnavailable(NO_DEVICE, name=name)
