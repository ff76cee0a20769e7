import pytest
import torch

from app.engines.compute.available import available
from app.errors import EngineUnavailable


@pytest.mark.parametrize(("n_cards", "best"), [(0, "cpu"), (2, "cuda")])
def test_a_device_is_one_that_is_here(monkeypatch: pytest.MonkeyPatch, n_cards: int, best: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: n_cards > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: n_cards)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert (available("auto"), available("cpu")) == (best, "cpu")
    here = {name for name in ("cuda", "cuda:1", "cuda:2", "mps", "nonsense") if _is_here(name)}
    assert here == ({"cuda", "cuda:1"} if n_cards else set())


def _is_here(name: str) -> bool:
    try:
        return available(name) == name
    except EngineUnavailable:
        return False
