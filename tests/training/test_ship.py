from pathlib import Path

import torch
from safetensors.torch import load_file

from app.nets import checkpoint
from app.nets.synthesis import SynthesisConfig, SynthesisNet
from app.training.ship import ship


def test_a_training_is_shipped_in_16_bits_with_its_config_and_curve(tmp_path: Path) -> None:
    trained, target = tmp_path / "trained", tmp_path / "models" / "synthesis"
    net = SynthesisNet(SynthesisConfig(("", "a"), ("one",), ("en",), 8, 4, 8, 8))
    checkpoint.save(trained, "synthesis", net, {"steps": 9})
    (trained / "curve.csv").write_text("step,loss\n")
    (trained / "state.pt").write_bytes(b"of the optimiser")
    ship(trained, target, "synthesis")
    assert {path.name for path in target.iterdir()} == {"config.json", "curve.csv", "weights.safetensors"}
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in target.iterdir())
    weights = load_file(target / "weights.safetensors")
    assert {value.dtype for value in weights.values() if value.is_floating_point()} == {torch.float16}
    assert checkpoint.notes(target) == {"steps": 9}
    assert isinstance(checkpoint.load(target, "synthesis"), SynthesisNet)
