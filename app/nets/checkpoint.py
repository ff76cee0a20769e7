"""Writes and reads weights: safetensors beside the config as JSON. Nothing here can run code from them."""

import json
import os
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from app.errors import N_, EngineUnavailable
from app.nets.repair import RepairConfig, RepairNet
from app.nets.synthesis import SynthesisConfig, SynthesisNet

NETS: dict[str, tuple[type[Any], type[Any]]] = {
    "repair": (RepairNet, RepairConfig),
    "synthesis": (SynthesisNet, SynthesisConfig),
}


def save(folder: Path, kind: str, net: nn.Module, notes: dict[str, Any], *, half: bool = False) -> None:
    """Write `weights.safetensors` and `config.json`, each whole or not at all.

    `notes` is what is worth knowing of the weights: steps, seed, scores; `half` stores them in 16 bits.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = {
        name: (value.half() if half and value.is_floating_point() else value).detach().cpu().contiguous()
        for name, value in net.state_dict().items()
    }
    part = folder / "weights.safetensors.part"
    save_file(weights, part)
    replace_durably(part, folder / "weights.safetensors")
    config: Any = net.config
    part = folder / "config.json.part"
    part.write_text(
        json.dumps({"net": kind, "config": asdict(config), "notes": notes}, ensure_ascii=False, indent=2)
        + "\n",
        encoding="utf-8",
    )
    replace_durably(part, folder / "config.json")


def load(folder: Path, kind: str) -> nn.Module:
    """Read a net back, in evaluation mode. Raises EngineUnavailable where it is missing or does not fit."""
    make_net, make_config = NETS[kind]
    try:
        kept = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        known = {field.name for field in fields(make_config)}
        values = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in kept["config"].items()
            if name in known
        }
        if kept["net"] != kind:
            raise ValueError(f"it holds a net for {kept['net']}")
        net: nn.Module = make_net(make_config(**values))
        net.load_state_dict(load_file(folder / "weights.safetensors"))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise EngineUnavailable(
            N_("The weights in %(folder)s cannot be used: %(reason)s"),
            folder=str(folder),
            reason=str(error)[:200],
        ) from error
    return net.eval()


def notes(folder: Path) -> dict[str, Any]:
    """Return what was noted beside the weights."""
    kept: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))["notes"]
    return kept


def save_state(path: Path, state: dict[str, Any]) -> None:
    """Keep a training state so that `kill -9` at any moment leaves a whole one."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    replace_durably(part, path)


def load_state(path: Path) -> dict[str, Any]:
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def replace_durably(part: Path, path: Path) -> None:
    """Put a written file in its place once its bytes are on the disk."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)
