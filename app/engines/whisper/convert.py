"""Read Whisper in CTranslate2's form as openai-whisper's checkpoint: the same numbers under other names.

CTranslate2 has joined query, key and value into one matrix, and given the key, which has none, a bias of
zeros. Its file is written by `ModelSpec._serialize` of its `specs/model_spec.py`.
"""

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor
    from whisper.model import Whisper

BINARY_VERSION = 6
_FLOAT32, _INT16, _FLOAT16 = 0, 2, 4  # CTranslate2's numbers of the types that are read here
_NAMES = {
    "encoder/conv1": "encoder.conv1",
    "encoder/conv2": "encoder.conv2",
    "encoder/layer_norm": "encoder.ln_post",
    "decoder/layer_norm": "decoder.ln",
}
_BLOCK = {
    "self_attention/layer_norm": "attn_ln",
    "self_attention/linear_1": "attn.out",
    "attention/layer_norm": "cross_attn_ln",
    "attention/linear_0": "cross_attn.query",
    "attention/linear_2": "cross_attn.out",
    "ffn/layer_norm": "mlp_ln",
    "ffn/linear_0": "mlp.0",
    "ffn/linear_1": "mlp.2",
}
_JOINED = {
    "self_attention/linear_0": ("attn.query", "attn.key", "attn.value"),
    "attention/linear_1": ("cross_attn.key", "cross_attn.value"),
}
_ENDS = {"weight": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}
_LONE = {
    "encoder/position_encodings/encodings": "encoder.positional_embedding",
    "decoder/position_encodings/encodings": "decoder.positional_embedding",
    "decoder/embeddings/weight": "decoder.token_embedding.weight",
}


def load(folder: Path) -> "Whisper":
    """Return openai-whisper's network with the weights of a folder with `model.bin`.

    Raises:
        ValueError: it is not an unquantized Whisper model of CTranslate2; OSError: it is not there.
    """
    from whisper.model import ModelDimensions, Whisper

    checkpoint = read(folder)
    net = Whisper(ModelDimensions(**checkpoint["dims"]))
    net.load_state_dict(checkpoint["model_state_dict"])
    return net


def read(folder: Path) -> dict[str, Any]:
    """Return what openai-whisper keeps in a file: {"dims", "model_state_dict"}. Raises as `load`."""
    variables = _read_variables(folder / "model.bin")
    try:
        state = dict(_renamed(variables))
        return {"dims": _dimensions(variables), "model_state_dict": state}
    except (LookupError, AttributeError) as error:
        raise ValueError(f"{folder} is not a Whisper model") from error


def _renamed(variables: "dict[str, Tensor]") -> "Iterator[tuple[str, Tensor]]":
    for name, tensor in variables.items():
        if name in _LONE:
            yield _LONE[name], tensor
            continue
        where, _, end = name.rpartition("/")
        if end not in _ENDS:
            continue  # settings of CTranslate2
        if where in _NAMES:
            yield f"{_NAMES[where]}.{_ENDS[end]}", tensor
            continue
        side, layer, what = where.split("/", 2)
        block = f"{side}.blocks.{layer.removeprefix('layer_')}"
        if what not in _JOINED:
            yield f"{block}.{_BLOCK[what]}.{_ENDS[end]}", tensor
            continue
        for part, piece in zip(_JOINED[what], tensor.chunk(len(_JOINED[what])), strict=True):
            if not (part.endswith("key") and end == "bias"):
                yield f"{block}.{part}.{end}", piece


def _dimensions(variables: "dict[str, Tensor]") -> dict[str, int]:
    """Return what openai-whisper calls the dimensions of a model."""
    attentions = [name for name in variables if name.endswith("/self_attention/linear_0/weight")]
    audio_ctx, audio_state = variables["encoder/position_encodings/encodings"].shape
    text_ctx, text_state = variables["decoder/position_encodings/encodings"].shape
    return {
        "n_mels": variables["encoder/conv1/weight"].shape[1],
        "n_audio_ctx": audio_ctx,
        "n_audio_state": audio_state,
        "n_audio_head": int(variables["encoder/num_heads"]),
        "n_audio_layer": sum(name.startswith("encoder/") for name in attentions),
        "n_vocab": variables["decoder/embeddings/weight"].shape[0],
        "n_text_ctx": text_ctx,
        "n_text_state": text_state,
        "n_text_head": int(variables["decoder/num_heads"]),
        "n_text_layer": sum(name.startswith("decoder/") for name in attentions),
    }


def _read_variables(path: Path) -> "dict[str, Tensor]":
    """Return the variables by name, backed by the file: only what is used is read."""
    import torch

    types = {_FLOAT32: torch.float32, _INT16: torch.int16, _FLOAT16: torch.float16}
    damaged = ValueError(f"{path} is damaged")
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise damaged
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    try:
        cursor = _Cursor(content)
        version, spec = cursor.number("I"), cursor.text()
        if version != BINARY_VERSION or spec != "WhisperSpec":
            raise ValueError(f"{path} is not a Whisper model of CTranslate2")
        cursor.number("I")  # revision of the specification
        variables: dict[str, Tensor] = {}
        for _ in range(cursor.number("I")):
            name = cursor.text()
            shape = [cursor.number("I") for _ in range(cursor.number("B"))]
            kind, n_bytes = cursor.number("B"), cursor.number("I")
            if cursor.at + n_bytes > len(content):
                raise damaged
            if kind in types and n_bytes:
                flat = torch.frombuffer(
                    content, dtype=types[kind], offset=cursor.at, count=n_bytes // types[kind].itemsize
                )
                variables[name] = flat.reshape(shape)
            elif n_bytes > 1:
                raise ValueError(f"{path} is quantized")
            cursor.skip(n_bytes)
    except (struct.error, UnicodeDecodeError, RuntimeError) as error:
        raise damaged from error
    return variables


class _Cursor:
    """A place in the file that moves on as it is read."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self.at = 0

    def number(self, form: str) -> int:
        (value,) = struct.unpack_from(f"<{form}", self._content, self.at)
        self.at += struct.calcsize(f"<{form}")
        return int(value)

    def text(self) -> str:
        length = self.number("H")
        raw = self._content[self.at : self.at + length]
        self.at += length
        return raw.rstrip(b"\0").decode()

    def skip(self, n_bytes: int) -> None:
        self.at += n_bytes
