"""Networks of Demucs' real class with tiny dimensions, saved in its real files."""

import hashlib
from fractions import Fraction
from pathlib import Path

import torch
from demucs.htdemucs import HTDemucs

RATE = 8000
FT = ("f7e0c4bc", "d12395a8", "92cfc3b6", "04573f0d")


def save_tiny(path: Path, seed: int, checksum: bool = True) -> Path:
    torch.manual_seed(seed)
    kwargs = {
        "sources": ["drums", "bass", "other", "vocals"], "channels": 8, "t_layers": 1, "t_heads": 2,
        "samplerate": RATE, "segment": Fraction(39, 20), "bottom_channels": 16,
    }  # fmt: skip
    net = HTDemucs(**kwargs)
    package = {
        "klass": HTDemucs,
        "args": (),
        "kwargs": kwargs,
        "state": net.state_dict(),
        "training_args": {},
    }
    torch.save(package, path)
    if checksum:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        path = path.rename(path.with_name(f"{path.stem}-{digest}.th"))
    return path
