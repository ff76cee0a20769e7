"""A chat model's tokenizer and network, out of its folder: never code of its own, weights as tensors only."""

from pathlib import Path
from typing import Any

from app.engines.compute.memory import free_bytes
from app.errors import N_, EngineUnavailable


def load_tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    plain: Any = PreTrainedTokenizerFast
    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError, AttributeError):  # no or a broken tokenizer_config.json
        return plain(tokenizer_file=str(folder / "tokenizer.json"))


def load_model(folder: Path, device: str) -> Any:
    """Load the network into memory, in the precision that suits `device` (torch's name of it).

    Raises:
        EngineUnavailable: its weights do not fit its config.
    """
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.utils import logging as their_logging

    quiet: Any = their_logging
    quiet.disable_progress_bar()
    loader: Any = AutoModelForCausalLM
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    model, info = loader.from_pretrained(
        folder,
        config=config,
        local_files_only=True,
        trust_remote_code=False,
        weights_only=True,
        dtype=_dtype(device, _weight_bytes(folder)),
        output_loading_info=True,
    )
    if info["missing_keys"] or info["mismatched_keys"]:
        raise EngineUnavailable(
            N_("The weights of the chat model %(name)s do not fit its config.json."), name=folder.name
        )
    return model


def _dtype(device: str, weight_bytes: int) -> Any:
    """Return bfloat16 or float16 on a GPU; on a CPU float32 unless that would take most of the memory."""
    import torch

    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if device.startswith("cpu"):
        return torch.float32 if 2 * weight_bytes < free_bytes(device) // 2 else torch.bfloat16
    return torch.float16


def _weight_bytes(folder: Path) -> int:
    """Return the size of the weights, as they are stored: mostly two bytes each."""
    safe = list(folder.glob("*.safetensors"))
    return sum(path.stat().st_size for path in safe or folder.glob("pytorch_model*.bin"))
