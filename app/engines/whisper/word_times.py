"""When Whisper's words were said: the cross-attention of its decoder, aligned by dynamic time warping.

openai-whisper's own `timing.find_alignment` (20250625) encodes the window a second time and has numba compile
for seconds; this does the same from the features that are there already, in numpy.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from app.documents.transcript import Word
from app.engines.whisper.decoded import Line

if TYPE_CHECKING:
    from torch import Tensor

    from app.engines.whisper.openai_decoder import AudioFeatures

FRAMES_PER_S = 50  # of the encoder
MEDIAN_WIDTH = 7
SLACK_S = 0.5  # that a word may lie outside of its line's timestamps
Array = npt.NDArray[np.floating[Any]]
OPENING_MARKS = "\"'“«¿([{-"


def align(
    model: Any, tokenizer: Any, lines: Sequence[Sequence[int]], features: "AudioFeatures", duration_s: float
) -> list[list[Word]]:
    """Return the words of each line, with their times within the window; put together they are its text.

    Args:
        model, tokenizer: openai-whisper's, the model with a KeepingDecoder.
        lines: text tokens, no timestamps.
    """
    tokens = [token for line in lines for token in line]
    if not tokens:
        return [[] for _ in lines]
    attention, probabilities = _attend(model, tokenizer, tokens, features, round(duration_s * FRAMES_PER_S))
    rows, frames = warp(-attention)
    starts = (
        frames[np.flatnonzero(np.diff(rows, prepend=-1))] / FRAMES_PER_S
    )  # of every token, and of the end
    return words_of_lines(tokenizer, lines, starts, probabilities)


def words_of_lines(
    tokenizer: Any, lines: Sequence[Sequence[int]], starts: Array, probabilities: Array
) -> list[list[Word]]:
    """Put tokens together to the words of each line.

    Args:
        starts: in s, (n + 1,) of every token and of the end.
        probabilities: (n,).
    """
    tokens = [token for line in lines for token in line]
    spelled, split = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
    line_ends = np.cumsum([len(line) for line in lines])
    found: list[list[Word]] = [[] for _ in lines]
    first = 0
    for text, part in zip(spelled[:-1], split[:-1], strict=True):
        last = first + len(part)
        probability = round(float(probabilities[first:last].mean()), 3)
        line = int(np.searchsorted(line_ends, first, side="right"))
        found[line].append(Word(float(starts[first]), float(starts[last]), text, probability))
        first = last
    return [_join_marks(words) for words in found]


def _attend(
    model: Any, tokenizer: Any, tokens: Sequence[int], features: "AudioFeatures", n_frames: int
) -> "tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]":
    """Return how each token (and the end) attends to each frame, and each token's probability."""
    import torch
    from whisper.model import disable_sdpa

    start = tokenizer.sot_sequence
    row = torch.tensor(
        [[*start, tokenizer.no_timestamps, *tokens, tokenizer.eot]], device=features.encoded.device
    )
    seen: dict[int, Tensor] = {}
    hooks = [
        block.cross_attn.register_forward_hook(
            lambda _module, _inputs, outputs, layer=layer: seen.__setitem__(layer, outputs[-1][0])
        )
        for layer, block in enumerate(model.decoder.blocks)
    ]
    try:
        with torch.no_grad(), disable_sdpa():
            logits = model.decoder(row, features.encoded[None], model.decoder.cache([features]))[0]
    finally:
        for hook in hooks:
            hook.remove()
    chosen = torch.tensor(tokens, device=model.device)
    text_logits = logits[len(start) : len(start) + len(tokens), : tokenizer.eot]
    probabilities = text_logits.softmax(dim=-1).gather(1, chosen[:, None])[:, 0]
    heads = torch.stack([seen[layer][head] for layer, head in model.alignment_heads.indices().T.tolist()])
    weights = heads[:, :, :n_frames].float().softmax(dim=-1)
    std, mean = torch.std_mean(weights, dim=-2, keepdim=True, unbiased=False)
    matrix = _median((weights - mean) / (std + 1e-9)).mean(dim=0)[len(start) : -1]
    return matrix.double().cpu().numpy(), probabilities.double().cpu().numpy()


# Exchanges after which the fourth of seven values is their median (N. Devillard, Fast median search, 1998)
_MEDIAN_OF_7 = "05 03 16 24 01 35 26 23 36 45 14 13 34"


def _median(x: "Tensor") -> "Tensor":
    """Filter along the last dimension, MEDIAN_WIDTH wide: whole rows are compared, none is sorted."""
    from torch.nn.functional import pad

    if x.shape[-1] <= MEDIAN_WIDTH // 2:
        return x
    padded = pad(x, (MEDIAN_WIDTH // 2, MEDIAN_WIDTH // 2), mode="reflect")
    rows = [padded[..., i : i + x.shape[-1]] for i in range(MEDIAN_WIDTH)]
    for less, more in (map(int, pair) for pair in _MEDIAN_OF_7.split()):
        rows[less], rows[more] = rows[less].minimum(rows[more]), rows[less].maximum(rows[more])
    return rows[MEDIAN_WIDTH // 2]


def warp(cost: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the cheapest monotone path through `cost` (n, m): its row and its column at each step.

    Dynamic time warping (Sakoe and Chiba 1978, steps of 1). A row at once: within it, the cheapest way from
    the left is a running minimum over what came from above, less the cost of the way there.
    """
    n, m = cost.shape
    total = np.full((n + 1, m + 1), np.inf)
    total[0, 0] = 0
    for i in range(n):
        above = np.minimum(total[i, :-1], total[i, 1:])
        way = np.cumsum(cost[i])
        total[i + 1, 1:] = way + np.minimum.accumulate(above - way + cost[i])
    i, j = n, m
    path = [(i, j)]
    while (i, j) != (1, 1):
        steps = (i - 1, j - 1), (i - 1, j), (i, j - 1)
        i, j = min(steps, key=lambda step: total[step])
        path.append((i, j))
    rows, columns = np.array(path[::-1]).T - 1
    return rows, columns


def within(word: Word, line: Line) -> Word:
    """Keep attention that strays from leading a word out of its line."""
    start, end = (min(max(line.start - SLACK_S, t), line.end + SLACK_S) for t in (word.start, word.end))
    return replace(word, start=start, end=end)


def _join_marks(words: Sequence[Word]) -> list[Word]:
    """Give punctuation to the word that it belongs to."""
    joined: list[Word] = []
    opening: Word | None = None
    for word in words:
        if opening:
            word, opening = replace(word, start=opening.start, text=opening.text + word.text), None
        bare = word.text.strip()
        if word.text.startswith(" ") and bare and all(mark in OPENING_MARKS for mark in bare):
            opening = word
        elif joined and not word.text.startswith(" ") and not any(letter.isalnum() for letter in bare):
            last = joined.pop()
            joined.append(replace(last, end=word.end, text=last.text + word.text))
        else:
            joined.append(word)
    return [*joined, opening] if opening else joined
