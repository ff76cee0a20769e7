import pytest
import torch

from app.engines.compute.interrupt import interruptible
from app.errors import JobCancelled


def net() -> torch.nn.Sequential:
    return torch.nn.Sequential(*[torch.nn.Linear(2, 2) for _ in range(5)])


def test_a_cancelled_forward_pass_ends_before_the_next_block() -> None:
    layers, calls = net(), 0
    computed: list[int] = []
    for number, layer in enumerate(layers):
        layer.register_forward_hook(lambda *_, number=number: computed.append(number))

    def cancel_at_third() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise JobCancelled

    with pytest.raises(JobCancelled), interruptible(layers, cancel_at_third):
        layers(torch.zeros(1, 2))
    assert computed == [0, 1]


def test_afterwards_the_network_is_as_before() -> None:
    layers = net()
    with pytest.raises(ZeroDivisionError), interruptible(layers, lambda: 1 / 0):  # type: ignore[arg-type,return-value]
        layers(torch.zeros(1, 2))
    assert not any(layer._forward_pre_hooks for layer in layers)
    layers(torch.zeros(1, 2))
