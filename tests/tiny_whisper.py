"""Whisper checkpoints that tests make: openai-whisper's own format and tokenizer, tiny dimensions.

`random_whisper` writes garbage. `scripted_whisper` hears whatever it is told to: all of Whisper runs at its
real shapes, but every layer's output is scaled to about nothing and each position's embedding points at the
next token of the script, so greedy decoding follows it in every window, language token included.
"""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import torch
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import Tokenizer, get_tokenizer

N_VOCAB = 51_865  # the multilingual models': its tokenizer is the real one
TINY = ModelDimensions(80, 1500, 64, 2, 1, N_VOCAB, 448, 64, 2, 2)
LOUD, SHARP, FAINT = 1000.0, 50.0, 1e-6

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
