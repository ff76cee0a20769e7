"""The sound that `train_multispeaker --sound` learns from: natural, damaged, or repaired again."""

import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.audio.waveform import Samples
from app.nets import checkpoint
from app.nets.repair import RepairNet
from app.nets.repairer import Repairer
from app.training.corpus.voices import Split
from app.training.damage.damage import DamageSpec, damage
from app.training.damage.noises import NOISES
from app.training.lessons import SoundVariant, Take
from app.training.takes import augmented, cleaned

NATURAL, DAMAGED, REPAIRED = "natural", "damaged", "repaired"
SOUNDS = (NATURAL, DAMAGED, REPAIRED)
CLEANED = "cleaned"


def sound_variant(sound: str, repair: Path) -> SoundVariant | None:
    """Return what is done to the sound before it is learned from; `repair` holds the net that repairs it."""
    if sound == NATURAL:
        return None
    if sound == CLEANED:
        return cleaned_variant(clean=True, augment=False)
    if sound == DAMAGED:
        return SoundVariant(DAMAGED, lambda take: replace(take, samples=damaged(take.samples)))
    net = checkpoint.load(repair, "repair")
    assert isinstance(net, RepairNet)
    repairer = Repairer(net)
    # the name keys the cache of `lessons`: each repair net gets its own
    key = zlib.crc32((repair / "weights.safetensors").read_bytes())
    return SoundVariant(
        f"{REPAIRED}-{key:08x}",
        lambda take: replace(take, samples=repairer.repair(damaged(take.samples))),
    )


def cleaned_variant(*, clean: bool, augment: bool) -> SoundVariant | None:
    """Return what `flask lab experiment` does to recordings before they are learned from."""
    if not augment:
        return SoundVariant(CLEANED, cleaned) if clean else None

    def varied(take: Take) -> Take:
        rng = np.random.default_rng([13, zlib.crc32(take.samples.tobytes())])
        return cleaned(augmented(take, rng)) if clean else augmented(take, rng)

    return SoundVariant("augmented-cleaned" if clean else "augmented", varied)


def damaged(samples: Samples, split: Split = "train") -> Samples:
    """Damage (n,) samples as a poor recording is: noise at 5 to 15 dB and a lost packet a second.

    split: whose kinds of noise. The same sound is always damaged in the same way.
    """
    rng = np.random.default_rng([11, zlib.crc32(samples.tobytes())])
    spec = DamageSpec(str(rng.choice(list(NOISES[split]))), float(rng.uniform(5, 15)), dropouts_per_s=1.0)
    return damage(samples, rng, spec)[0]
