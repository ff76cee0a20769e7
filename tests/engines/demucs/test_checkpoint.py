import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from app.engines.demucs import checkpoint
from app.errors import EngineUnavailable
from tests.tiny_demucs import FT, RATE, save_tiny


def test_a_published_model_is_a_bag_of_sub_models_and_any_other_is_itself() -> None:
    assert checkpoint.signatures("htdemucs") == (["955717e8"], None)
    names, shares = checkpoint.signatures("htdemucs_ft")
    assert names == list(FT)
    assert shares is not None
    assert [share[3] for share in shares] == [0.0, 0.0, 0.0, 1.0]  # vocals
    assert checkpoint.signatures("ours") == (["ours"], None)


def test_a_file_is_found_with_its_checksum_or_without(tmp_path: Path) -> None:
    for name in ("955717e8-8726e21a.th", "5c90dfd2.th", "unrelated.th"):
        (tmp_path / name).touch()
    assert checkpoint.find(tmp_path, "955717e8") == tmp_path / "955717e8-8726e21a.th"
    assert checkpoint.find(tmp_path, "5c90dfd2") == tmp_path / "5c90dfd2.th"
    assert checkpoint.find(tmp_path, "04573f0d") is None


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = save_tiny(tmp_path / "955717e8.th", 0)
    path.write_bytes(path.read_bytes()[:-100] + b"x" * 100)
    with pytest.raises(EngineUnavailable, match="checksum"):
        checkpoint.load(path)


def test_a_checkpoint_cannot_run_code(tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "ran",))

    path = tmp_path / "955717e8.th"
    torch.save({"klass": Hostile(), "args": (), "kwargs": {}, "state": {}}, path)
    with pytest.raises(EngineUnavailable, match="not a Demucs checkpoint"):
        checkpoint.load(path)
    assert not (tmp_path / "ran").exists()
    with pytest.raises(pickle.UnpicklingError):
        torch.load(path, weights_only=True)


def test_what_is_left_of_a_network_computes_its_source_as_before(tmp_path: Path) -> None:
    net = checkpoint.load(save_tiny(tmp_path / "tiny.th", 0))
    sound = torch.randn(1, 2, RATE, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        whole = net(sound)[:, 3]
        checkpoint.keep_source(net, 3)
        torch.testing.assert_close(net(sound)[:, 0], whole, atol=1e-5, rtol=1e-4)
