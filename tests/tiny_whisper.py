"""Whisper checkpoints that tests make: openai-whisper's own format and tokenizer, tiny dimensions.

`random_whisper` writes garbage. `scripted_whisper` hears whatever it is told to: all of Whisper runs at its
real shapes, but every layer's output is scaled to about nothing and each position's embedding points at the
next token of the script, so greedy decoding follows it in every window, language token included.
"""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import torch
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import Tokenizer, get_tokenizer

N_VOCAB = 51_865  # the multilingual models': its tokenizer is the real one
TINY = ModelDimensions(80, 1500, 64, 2, 1, N_VOCAB, 448, 64, 2, 2)
LOUD, SHARP, FAINT = 1000.0, 50.0, 1e-6

Weights = dict[str, np.ndarray]
Script = Sequence[tuple[float, float, str]]
"""Lines: start and end in the window, in multiples of .02 s, and text. Let the last one end at 28.0, or what
is left of a longer window is taken for unheard and decoded once more."""

MEETING: Script = (
    (0.0, 4.0, "Good morning everyone."),
    (4.0, 12.0, "Anna will prepare the report by Friday."),
    (12.0, 28.0, "We decided to rent two more rooms."),
)
MEETING_RU: Script = (
    (0.0, 4.0, "Доброе утро, коллеги."),
    (4.0, 12.0, "Анна подготовит отчёт к пятнице."),
    (12.0, 28.0, "Решили арендовать ещё две комнаты."),
)


def random_whisper(path: Path, dims: ModelDimensions = TINY, seed: int = 0) -> Path:
    """Write a checkpoint of random weights and return its path."""
    return _save(_net(dims, seed), path)


def scripted_whisper(
    path: Path,
    script: Script = MEETING,
    language: str = "en",
    *,
    when_warm: Script = (),
    dims: ModelDimensions = TINY,
) -> Path:
    """Write a checkpoint that hears `script` in every window, without a prompt, and return its path.

    Args:
        language: what it detects.
        when_warm: what sampling above temperature 0 mixes in, token by token; the length of `script`.
        dims: larger ones cost what a real model of that size costs.
    """
    net = _net(dims, 0)
    tokenizer = get_tokenizer(True, num_languages=net.num_languages, language=language, task="transcribe")
    with torch.no_grad():
        for block in [*net.encoder.blocks, *net.decoder.blocks]:
            for layer in (
                block.attn.out,
                block.mlp[2],
                *([block.cross_attn.out] if block.cross_attn else []),
            ):
                layer.weight *= FAINT
                layer.bias *= FAINT
        tokens = net.decoder.token_embedding.weight
        tokens[:] = torch.nn.functional.normalize(tokens - tokens.mean(dim=1, keepdim=True), dim=1)
        net.decoder.ln.weight.fill_(SHARP)
        target = net.decoder.positional_embedding
        target[:] = LOUD * tokens[tokenizer.eot]
        target[0] = LOUD * tokens[tokenizer.language_token]
        first = len(tokenizer.sot_sequence) - 1
        pairs = zip_longest(_tokens(tokenizer, script), _tokens(tokenizer, when_warm))
        for position, (cold, warm) in enumerate(pairs, first):
            target[position] = LOUD * tokens[tokenizer.eot if cold is None else cold]
            if warm is not None and warm != cold:
                target[position] += 0.9995 * LOUD * tokens[warm]
    return _save(net, path)


def _tokens(tokenizer: Tokenizer, script: Script) -> list[int]:
    tokens: list[int] = []
    for start, end, text in script:
        begin, stop = (tokenizer.timestamp_begin + round(t / 0.02) for t in (start, end))
        tokens += [begin, *tokenizer.encode(" " + text), stop]
    return tokens


def _net(dims: ModelDimensions, seed: int) -> Whisper:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = Whisper(dims)
        torch.nn.init.normal_(net.decoder.positional_embedding, std=0.02)
    return net


def _save(net: Whisper, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"dims": vars(net.dims), "model_state_dict": net.state_dict()}, path)
    return path


def as_ctranslate2(checkpoint: Path, folder: Path) -> Path:
    """Write a checkpoint as CTranslate2's converter would, numbers as they are, and return the folder."""
    from ctranslate2.specs import WhisperSpec

    saved = torch.load(checkpoint, weights_only=True)
    dims, weights = saved["dims"], {name: value.numpy() for name, value in saved["model_state_dict"].items()}
    layers = (dims["n_audio_layer"], dims["n_audio_head"], dims["n_text_layer"], dims["n_text_head"])
    spec = WhisperSpec(*layers)
    for name in ("conv1", "conv2"):
        _fill(getattr(spec.encoder, name), weights, f"encoder.{name}")
    spec.encoder.position_encodings.encodings = weights["encoder.positional_embedding"]
    _fill(spec.encoder.layer_norm, weights, "encoder.ln_post", "gamma", "beta")
    spec.decoder.embeddings.weight = weights["decoder.token_embedding.weight"]
    spec.decoder.projection.weight = weights["decoder.token_embedding.weight"]
    spec.decoder.position_encodings.encodings = weights["decoder.positional_embedding"]
    _fill(spec.decoder.layer_norm, weights, "decoder.ln", "gamma", "beta")
    for half, side in (("encoder", spec.encoder), ("decoder", spec.decoder)):
        for i, layer in enumerate(side.layer):
            block = f"{half}.blocks.{i}"
            _attention(layer.self_attention, weights, f"{block}.attn", f"{block}.attn_ln", "qkv")
            if half == "decoder":
                _attention(
                    layer.attention, weights, f"{block}.cross_attn", f"{block}.cross_attn_ln", "q", "kv"
                )
            _fill(layer.ffn.layer_norm, weights, f"{block}.mlp_ln", "gamma", "beta")
            _fill(layer.ffn.linear_0, weights, f"{block}.mlp.0")
            _fill(layer.ffn.linear_1, weights, f"{block}.mlp.2")
    tokenizer = get_tokenizer(True, num_languages=99)
    names = [f"text{token}" for token in range(tokenizer.eot - 1)]
    names.append("")  # stands before the special tokens; by it CTranslate2 knows a multilingual model
    names += [tokenizer.decode_with_timestamps([token]) for token in range(tokenizer.eot, N_VOCAB)]
    spec.register_vocabulary([name.replace("nospeech", "nocaptions") for name in names])
    spec.config.lang_ids = list(tokenizer.all_language_tokens)
    spec.config.suppress_ids = [*tokenizer.non_speech_tokens]
    spec.config.suppress_ids_begin = [*tokenizer.encode(" "), tokenizer.eot]
    heads = range(dims["n_text_head"])
    spec.config.alignment_heads = [
        (i, head) for i in range(dims["n_text_layer"] // 2, layers[2]) for head in heads
    ]
    spec.validate()
    spec.optimize()
    folder.mkdir(parents=True)
    spec.save(str(folder))
    return folder


def _fill(spec: Any, weights: Weights, name: str, weight: str = "weight", bias: str = "bias") -> None:
    setattr(spec, weight, weights[f"{name}.weight"])
    setattr(spec, bias, weights[f"{name}.bias"])


def _attention(spec: Any, weights: Weights, name: str, norm: str, *joined: str) -> None:
    """Join projections as CTranslate2 does: q, k and v, or q alone and k with v; keys have no bias."""
    names = {"q": "query", "k": "key", "v": "value"}
    for linear, letters in zip(spec.linear, joined, strict=False):
        parts = [f"{name}.{names[letter]}" for letter in letters]
        linear.weight = np.concatenate([weights[f"{part}.weight"] for part in parts])
        zeros = np.zeros(len(linear.weight) // len(parts), np.float32)
        linear.bias = np.concatenate([weights.get(f"{part}.bias", zeros) for part in parts])
    _fill(spec.linear[-1], weights, f"{name}.out")
    _fill(spec.layer_norm, weights, norm, "gamma", "beta")
