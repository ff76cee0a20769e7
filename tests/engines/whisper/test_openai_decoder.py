"""What KeepingDecoder computes is what openai-whisper's own decoder computes."""

from pathlib import Path
from typing import Any

import pytest
import torch
import whisper
from whisper.model import disable_sdpa

from app.engines.whisper import openai_decoder
from app.engines.whisper.openai_decoder import AudioFeatures, KeepingDecoder
from tests.tiny_whisper import random_whisper


@pytest.fixture(scope="module")
def nets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    path: Path = random_whisper(tmp_path_factory.mktemp("decoder") / "random.pt")
    plain, keeping = (whisper.load_model(str(path), device="cpu") for _ in range(2))
    keeping.decoder = KeepingDecoder(keeping.decoder)
    return plain, keeping


def heard(net: Any, n: int, length: int = 1500) -> list[AudioFeatures]:
    generator = torch.Generator().manual_seed(n)
    return [net.decoder.features(torch.randn(length, 64, generator=generator)) for _ in range(n)]


def stacked(features: list[AudioFeatures]) -> torch.Tensor:
    return torch.stack([one.encoded for one in features])


@pytest.mark.parametrize(("windows", "hypotheses", "length"), [(1, 1, 1500), (3, 3, 1500), (1, 5, 70)])
@torch.inference_mode()
def test_logits_are_the_same(nets: tuple[Any, Any], windows: int, hypotheses: int, length: int) -> None:
    plain, keeping = nets
    features = heard(keeping, windows, length)
    tokens = torch.arange(4 * hypotheses).view(hypotheses, 4)
    ours = keeping.decoder(tokens, stacked(features), keeping.decoder.cache(features))
    assert torch.allclose(ours, plain.decoder(tokens, stacked(features)), atol=1e-4)
    choice = torch.tensor([3, 50_000])
    few = keeping.decoder.logits_of(choice, features[0], tokens[:1])
    assert torch.allclose(few, ours[0, -1, choice], atol=1e-4)


@torch.inference_mode()
def test_it_goes_on_from_what_it_has_written(nets: tuple[Any, Any]) -> None:
    plain, keeping = nets
    features = heard(keeping, 2)
    cache, hooks = keeping.install_kv_cache_hooks()
    cache |= keeping.decoder.cache(features)
    tokens = torch.arange(6).view(2, 3)
    keeping.decoder(tokens[:, :2], stacked(features), cache)
    last = keeping.decoder(tokens[:, 2:], stacked(features), cache)
    for hook in hooks:
        hook.remove()
    assert torch.allclose(last, plain.decoder(tokens, stacked(features))[:, -1:], atol=1e-4)


@torch.inference_mode()
def test_a_stretch_is_heard_alone_and_what_is_not_kept_is_computed(
    nets: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, keeping = nets
    [kept] = heard(keeping, 1)
    monkeypatch.setattr(openai_decoder, "KEPT_BYTES", 0)
    [computed] = heard(keeping, 1)
    assert kept.kept
    assert computed.kept is None
    tokens = torch.tensor([[1, 2]])
    theirs = plain.decoder(tokens, kept.encoded[None, 20:90])
    for part in (kept[20:90], computed[20:90]):
        assert len(part) == 70
        ours = keeping.decoder(tokens, part.encoded[None], keeping.decoder.cache([part]))
        assert torch.allclose(ours, theirs, atol=1e-4)


@torch.inference_mode()
def test_attention_is_told_where_openai_whisper_asks_for_it(nets: tuple[Any, Any]) -> None:
    _, keeping = nets
    features, told = heard(keeping, 1), []
    tokens = torch.tensor([[1, 2, 3]])
    for net in nets:
        hook = net.decoder.blocks[0].cross_attn.register_forward_hook(
            lambda _module, _inputs, outputs: told.append(outputs[1])
        )
        with disable_sdpa():
            cache = (keeping.decoder.cache(features),) if net is keeping else ()
            net.decoder(tokens, stacked(features), *cache)
        hook.remove()
    assert torch.allclose(*told, atol=1e-4)
