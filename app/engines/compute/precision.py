"""Which numbers a network computes with: half precision where it pays and does no harm."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

Precision = Literal["auto", "fp32", "bf16", "fp16"]


def autocast(precision: Precision, device: str) -> AbstractContextManager[None]:
    """Compute in `precision` what torch's autocast deems safe; norms and softmax stay in fp32.

    Args:
        precision: auto takes bf16 where `device` multiplies in it, else fp32; fp16 is for GPUs only.
        device: torch's name of it.
    """
    import torch

    kind = device.partition(":")[0]
    chosen = _dtype(precision, kind)
    context: AbstractContextManager[None] = torch.autocast(kind, chosen, enabled=chosen is not torch.float32)
    return context


def _dtype(precision: Precision, kind: str) -> "torch.dtype":
    import torch

    if precision == "bf16" or (precision == "auto" and _multiplies_bf16(kind)):
        return torch.bfloat16
    return torch.float16 if precision == "fp16" and kind != "cpu" else torch.float32


def _multiplies_bf16(kind: str) -> bool:
    """Tell whether the hardware has instructions for it; emulated it would be slower than fp32."""
    import torch

    if kind == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    capabilities = torch.cpu.get_capabilities() if kind == "cpu" else {}
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))
