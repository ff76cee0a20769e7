from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from app.engines.demucs.vocal_nets import VocalNets
from app.errors import EngineFailed, EngineUnavailable
from tests.tiny_demucs import FT, RATE, save_tiny

WINDOWS = np.random.default_rng(1).standard_normal((4, 2, RATE)).astype(np.float32)


def check() -> None:
    pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nets")
    for seed, signature in enumerate(("955717e8", *FT)):
        save_tiny(folder / f"{signature}.th", seed)
    return folder


def load(folder: Path, name: str = "htdemucs", batch: int = 4) -> VocalNets:
    return VocalNets(name, folder, "cpu", "fp32", batch)


def test_only_the_sub_model_that_makes_the_vocals_is_loaded(folder: Path) -> None:
    assert len(load(folder, "htdemucs_ft")._nets) == 1


def test_the_other_sources_are_not_computed(folder: Path) -> None:
    ((net, _),) = load(folder)._nets
    assert net(torch.zeros(1, 2, RATE)).shape == (1, 1, 2, RATE)


def test_missing_weights_name_the_command_that_brings_them(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="flask models fetch demucs-htdemucs"):
        load(tmp_path)


def test_weights_that_nobody_publishes_are_not_advised_to_be_fetched(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"Put its \.th files into"):
        load(tmp_path, "ours")


def short_of_memory(nets: VocalNets, most: int) -> tuple[Callable[..., np.ndarray], list[int]]:
    """Return a `_compute` that holds at most `most` windows, and the sizes that it was asked for."""
    compute, sizes = nets._compute, []

    def limited(windows: np.ndarray, check: Callable[[], None]) -> np.ndarray:
        sizes.append(len(windows))
        if len(windows) > most:
            raise torch.OutOfMemoryError
        return compute(windows, check)

    return limited, sizes


def test_out_of_memory_leads_to_a_smaller_batch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nets = load(folder)
    expected = nets.vocals(WINDOWS, check)
    limited, sizes = short_of_memory(nets, most=1)
    monkeypatch.setattr(nets, "_compute", limited)
    np.testing.assert_allclose(nets.vocals(WINDOWS, check), expected, atol=1e-5)
    assert sizes == [4, 2, 1, 1, 2, 1, 1]
    assert nets.batch == 1


def test_memory_too_short_for_one_window_is_an_error_for_the_user(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nets = load(folder)
    monkeypatch.setattr(nets, "_compute", short_of_memory(nets, most=0)[0])
    with pytest.raises(EngineFailed, match="not enough memory"):
        nets.vocals(WINDOWS, check)
