"""The sound that `train_multispeaker --sound` learns from: natural, damaged, or repaired again."""

import zlib
from pathlib import Path

import numpy as np

from app.audio.waveform import Samples
from app.nets import checkpoint
from app.nets.repair import RepairNet
from app.nets.repairer import Repairer
from app.training.damage.damage import DamageSpec, damage
from app.training.damage.noises import NOISES
from app.training.lessons import SoundVariant

NATURAL, DAMAGED, REPAIRED = "natural", "damaged", "repaired"
SOUNDS = (NATURAL, DAMAGED, REPAIRED)


def sound_variant(sound: str, repair: Path) -> SoundVariant | None:
    """Return what is done to the sound before it is learned from; `repair` holds the net that repairs it."""
    if sound == NATURAL:
        return None
    if sound == DAMAGED:
        return SoundVariant(DAMAGED, damaged)
    net = checkpoint.load(repair, "repair")
    assert isinstance(net, RepairNet)
    repairer = Repairer(net)
    # the name keys the cache of `lessons`: each repair net gets its own
    key = zlib.crc32((repair / "weights.safetensors").read_bytes())
    return SoundVariant(f"{REPAIRED}-{key:08x}", lambda samples: repairer.repair(damaged(samples)))


def damaged(samples: Samples) -> Samples:
    """Damage (n,) samples as a poor recording is: noise at 5 to 15 dB and a lost packet a second.

    The same sound is always damaged in the same way.
    """
    rng = np.random.default_rng([11, zlib.crc32(samples.tobytes())])
    spec = DamageSpec(str(rng.choice(list(NOISES["train"]))), float(rng.uniform(5, 15)), dropouts_per_s=1.0)
    return damage(samples, rng, spec)[0]
