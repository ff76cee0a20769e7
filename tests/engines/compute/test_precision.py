"""Which numbers a network computes with."""

import pytest
import torch

from app.engines.compute.precision import Precision, autocast


@pytest.mark.parametrize(
    ("precision", "instructions", "expected"),
    [
        ("auto", True, torch.bfloat16),
        ("auto", False, torch.float32),
        ("bf16", False, torch.bfloat16),
        ("fp32", True, torch.float32),
        ("fp16", True, torch.float32),
    ],
)
def test_a_processor_computes_in_half_precision_where_it_can(
    precision: Precision, instructions: bool, expected: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": instructions})
    with autocast(precision, "cpu"):
        assert torch.nn.Linear(2, 2)(torch.zeros(1, 2)).dtype == expected


@pytest.mark.parametrize(("instructions", "expected"), [(True, torch.bfloat16), (False, torch.float32)])
def test_a_gpu_is_asked_what_it_multiplies_in(
    instructions: bool, expected: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: instructions)
    made: list[tuple[object, ...]] = []
    monkeypatch.setattr(torch, "autocast", lambda *arguments, enabled: made.append((*arguments, enabled)))
    autocast("auto", "cuda:1")
    assert made == [("cuda", expected, instructions)]
