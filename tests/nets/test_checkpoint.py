import json
from pathlib import Path

import pytest
import torch

from app.errors import EngineUnavailable
from app.nets import checkpoint
from app.nets.synthesis import SynthesisConfig, SynthesisNet

CONFIG = SynthesisConfig(("", "a"), ("one",), ("en",), 8, 4, 8, 8)


@pytest.fixture
def net() -> SynthesisNet:
    torch.manual_seed(0)
    return SynthesisNet(CONFIG)


@pytest.fixture
def folder(tmp_path: Path, net: SynthesisNet) -> Path:
    checkpoint.save(tmp_path, "synthesis", net, {"steps": 7})
    return tmp_path


def test_a_net_comes_back_with_its_config_ready_to_be_used(folder: Path, net: SynthesisNet) -> None:
    loaded = checkpoint.load(folder, "synthesis")
    assert isinstance(loaded, SynthesisNet)
    assert loaded.config == CONFIG
    assert not loaded.training
    assert all(torch.equal(value, loaded.state_dict()[name]) for name, value in net.state_dict().items())
    assert checkpoint.notes(folder) == {"steps": 7}
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "weights.safetensors"]


def test_weights_in_16_bits_take_half_the_room(folder: Path, tmp_path: Path, net: SynthesisNet) -> None:
    whole = (folder / "weights.safetensors").stat().st_size
    checkpoint.save(tmp_path / "half", "synthesis", net, {}, half=True)
    half = (tmp_path / "half" / "weights.safetensors").stat().st_size
    assert half < 0.7 * whole
    loaded = checkpoint.load(tmp_path / "half", "synthesis")
    name, value = next(iter(net.state_dict().items()))
    assert torch.allclose(loaded.state_dict()[name], value, atol=1e-2)


def test_a_setting_that_a_later_version_dropped_does_no_harm(folder: Path) -> None:
    path = folder / "config.json"
    kept = json.loads(path.read_text())
    kept["config"]["given_up"] = 3
    path.write_text(json.dumps(kept))
    assert isinstance(checkpoint.load(folder, "synthesis"), SynthesisNet)


@pytest.mark.parametrize("damage", ["missing", "cut", "of another kind", "of another size"])
def test_weights_that_do_not_fit_are_named_with_their_folder(folder: Path, damage: str) -> None:
    weights, config = folder / "weights.safetensors", folder / "config.json"
    kept = json.loads(config.read_text())
    if damage == "missing":
        weights.unlink()
    elif damage == "cut":
        weights.write_bytes(weights.read_bytes()[:100])
    elif damage == "of another kind":
        config.write_text(json.dumps(kept | {"net": "repair"}))
    else:
        kept["config"]["voices"] = ["one", "two", "three"]
        config.write_text(json.dumps(kept))
    with pytest.raises(EngineUnavailable) as caught:
        checkpoint.load(folder, "synthesis")
    assert str(folder) in str(caught.value)


def test_a_training_state_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    for step in (1, 2):
        checkpoint.save_state(path, {"step": step, "weights": torch.full((3,), float(step))})
    state = checkpoint.load_state(path)
    assert state["step"] == 2
    assert state["weights"].tolist() == [2, 2, 2]
    assert list(tmp_path.iterdir()) == [path]
