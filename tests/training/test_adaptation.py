import torch

from app.nets.synthesis import SynthesisConfig, SynthesisNet
from app.training.adaptation import adapted, adapted_config

KNOWN = SynthesisConfig(("", "a", "t"), ("anna", "boris", "maria"), ("en", "en", "ru"), 8, 4, 8, 8)


def test_a_net_goes_on_with_voices_that_it_knows() -> None:
    assert adapted_config(KNOWN, SynthesisConfig(("", "a", "u"), ("boris",), ("en",))) == KNOWN
    known = SynthesisNet(KNOWN)
    for name, value in adapted(known, KNOWN).state_dict().items():
        assert torch.equal(value, known.state_dict()[name]), name


def test_a_new_voice_begins_with_what_the_net_knows_of_its_language() -> None:
    config = adapted_config(KNOWN, SynthesisConfig(("", "u", "a"), ("clara",), ("en",)))
    assert config.voices == ("clara",)
    assert config.languages == ("en",)
    assert config.phones == ("", "a", "t", "u")  # "t" is not in its recordings, and yet in texts
    known = SynthesisNet(KNOWN)
    net = adapted(known, config)
    assert torch.equal(net.voice.weight[0], known.voice.weight[:2].mean(0))
    assert torch.equal(net.phone.weight[:3], known.phone.weight)
    assert torch.equal(net.encoder.weight_ih_l0, known.encoder.weight_ih_l0)
    assert net.mean.shape[0] == 1


def test_a_new_language_begins_with_the_mean_of_all_voices() -> None:
    config = adapted_config(KNOWN, SynthesisConfig(("",), ("anna", "carlo"), ("en", "it")))
    known = SynthesisNet(KNOWN)
    net = adapted(known, config)
    assert torch.equal(net.voice.weight[0], known.voice.weight[0])
    assert torch.equal(net.voice.weight[1], known.voice.weight.mean(0))
