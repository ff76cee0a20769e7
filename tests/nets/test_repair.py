from pathlib import Path

import numpy as np
import pytest
import torch

from app.errors import EngineUnavailable
from app.nets import checkpoint
from app.nets.repair import RepairConfig, RepairNet, band_matrix, repair_loss

TINY = RepairConfig(n_bands=80, channels=(4, 6, 8, 8), lstm_size=8, lstm_layers=1)


def wave(n: int = 16_000) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).standard_normal((2, n)).astype(np.float32)) * 0.1


def test_an_untrained_net_changes_nothing() -> None:
    sound = wave()
    none = torch.zeros_like(sound)
    assert torch.allclose(RepairNet(TINY)(sound, none, none), sound, atol=1e-6)


def test_the_level_of_the_input_does_not_matter() -> None:
    net = RepairNet(TINY).eval()
    torch.nn.init.normal_(net.mask.weight)
    sound, none = wave(), torch.zeros(2, 16_000)
    assert torch.allclose(net(sound * 0.01, none, none) * 100, net(sound, none, none), atol=1e-3)


def test_bands_share_every_bin_out_completely() -> None:
    spread = band_matrix(RepairConfig())
    assert spread.shape == (128, 257)
    assert np.allclose(spread.sum(axis=0), 1)


def test_twenty_steps_lower_the_loss() -> None:
    torch.manual_seed(0)
    net = RepairNet(TINY)
    clean = torch.sin(torch.arange(16_000) / 9).repeat(2, 1) * 0.2
    noisy, none = clean + wave(), torch.zeros_like(clean)
    optimizer = torch.optim.AdamW(net.parameters(), 5e-3)
    losses = []
    for _ in range(20):
        loss = repair_loss(net, net(noisy, none, none), clean)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]


def test_a_checkpoint_gives_the_same_net_back(tmp_path: Path) -> None:
    net = RepairNet(TINY).eval()
    torch.nn.init.normal_(net.mask.weight)
    checkpoint.save(tmp_path, "repair", net, {"steps": 7})
    again = checkpoint.load(tmp_path, "repair")
    sound, none = wave(), torch.zeros(2, 16_000)
    assert torch.equal(again(sound, none, none), net(sound, none, none))
    assert checkpoint.notes(tmp_path) == {"steps": 7}


def test_a_broken_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="cannot be used"):
        checkpoint.load(tmp_path, "repair")
    checkpoint.save(tmp_path, "repair", RepairNet(TINY), {})
    (tmp_path / "weights.safetensors").write_bytes(b"no weights")
    with pytest.raises(EngineUnavailable, match="cannot be used"):
        checkpoint.load(tmp_path, "repair")


def test_it_trains_in_bf16() -> None:
    net, sound, none = RepairNet(TINY), wave(), torch.zeros(2, 16_000)
    with torch.autocast("cpu", torch.bfloat16):
        loss = repair_loss(net, net(sound, none, none), sound * 0.5)
    loss.backward()
    assert torch.isfinite(loss)


def test_a_checkpoint_to_be_shipped_is_half_as_large(tmp_path: Path) -> None:
    net = RepairNet(TINY).eval()
    torch.nn.init.normal_(net.mask.weight, std=0.1)
    sizes = []
    for half in (False, True):
        checkpoint.save(tmp_path, "repair", net, {}, half=half)
        sizes.append((tmp_path / "weights.safetensors").stat().st_size)
    sound, none = wave(), torch.zeros(2, 16_000)
    assert sizes[1] < 0.65 * sizes[0]
    assert torch.allclose(
        checkpoint.load(tmp_path, "repair")(sound, none, none), net(sound, none, none), atol=1e-3
    )
