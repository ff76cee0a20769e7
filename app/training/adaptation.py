"""Lets a trained synthesis net learn voices that are new to it: where `train_multispeaker --start` begins."""

from dataclasses import replace

import torch

from app.nets.synthesis import SynthesisConfig, SynthesisNet


def adapted_config(known: SynthesisConfig, wanted: SynthesisConfig) -> SynthesisConfig:
    """Return the config of a net of `known`'s sizes for the voices wanted; its own where it has them all.

    Phones that only `known` has stay: texts will hold them, though the recordings of a new voice do not.
    """
    if set(wanted.voices) <= set(known.voices):
        return known
    new_phones = tuple(phone for phone in wanted.phones if phone not in known.phones)
    return replace(known, phones=known.phones + new_phones, voices=wanted.voices, languages=wanted.languages)


def adapted(known: SynthesisNet, config: SynthesisConfig) -> SynthesisNet:
    """Return a net of `adapted_config`'s making that begins with all that `known` has learned.

    A new voice begins as the mean of the known ones of its language, or of all; new phones begin by chance.
    """
    net = SynthesisNet(config)
    per_voice, per_phone = "voice.weight", "phone.weight"
    state = {**known.state_dict(), "mean": net.mean, "deviation": net.deviation}
    state[per_phone] = torch.cat([known.phone.weight, net.phone.weight[len(known.config.phones) :]])
    state[per_voice] = torch.stack(
        [_beginning(known, *voice) for voice in zip(config.voices, config.languages, strict=True)]
    )
    net.load_state_dict(state)
    return net


def _beginning(known: SynthesisNet, voice: str, language: str) -> torch.Tensor:
    """Return the embedding that a voice begins with."""
    weights = known.voice.weight.detach()
    if voice in known.config.voices:
        return weights[known.config.voices.index(voice)]
    alike = [i for i, spoken in enumerate(known.config.languages) if spoken == language]
    return weights[alike].mean(0) if alike else weights.mean(0)
