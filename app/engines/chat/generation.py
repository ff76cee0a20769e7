"""Greedy decoding for `llama` in short quanta, so that others overtake and a cancelled job stops in time."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from app.engines.compute.device import Device, Priority
from app.engines.compute.interrupt import interruptible

_QUANTUM_S = 0.25
_SLOW_QUANTUM_S = 1.0  # on a CPU, where every forward pass first reads all the weights
_CHUNK = 32  # tokens read in the first quantum, and the least; then as many as fit into one on this machine
_LONGEST_CHUNK = 2048
_CHECK_S = 0.2


class Generator:
    """Decodes from a causal language model of transformers.

    Args:
        model: already on its device.
        ends: tokens that end an answer; pad: any token, never looked at.
    """

    def __init__(self, model: Any, device: Device, ends: frozenset[int], pad: int) -> None:
        self._model = model
        self._device = device
        self._ends = ends
        self._pad = pad
        self._chunk = _CHUNK
        self._quantum_s = _QUANTUM_S if device.name.startswith("cuda") else _SLOW_QUANTUM_S

    def generate(
        self,
        prompts: Sequence[Sequence[int]],
        most: int,
        priority: Priority,
        check: Callable[[int], None],
        complete: Callable[[list[int]], bool],
    ) -> list[list[int]]:
        """Return the new tokens for each prompt, at most `most`, without the one that ends them.

        Args:
            check: called often with the number of tokens read and written so far; raises to stop.
            complete: tells that an answer needs no more tokens.
        """
        batch = _Batch(self._model, prompts, self._pad)
        often = _throttled(lambda: check(batch.n_done))
        while not batch.read:
            chunk = self._chunk
            seconds = self._device.turn(priority, lambda: batch.prefill(self._chunk, often))
            self._chunk = _fitting(chunk, self._quantum_s / max(seconds, 1e-3))
            check(batch.n_done)
        answers: list[list[int]] = [[] for _ in prompts]
        open_ = set(range(len(prompts)))
        while open_:
            for tokens in self._device.turn(priority, lambda: batch.steps(self._quantum_s, most, often)):
                for row in list(open_):
                    if tokens[row] in self._ends:
                        open_.discard(row)
                    else:
                        answers[row].append(tokens[row])
            open_ = {row for row in open_ if batch.n_written < most and not complete(answers[row])}
            check(batch.n_done)
        return answers


class _Batch:
    """Prompts that are decoded together: left-padded, with one key-value cache. All within `Device.turn`."""

    def __init__(self, model: Any, prompts: Sequence[Sequence[int]], pad: int) -> None:
        from transformers import DynamicCache

        self._model = model
        self._length = max(len(prompt) for prompt in prompts)
        self._rows = [[pad] * (self._length - len(prompt)) + list(prompt) for prompt in prompts]
        self._mask_rows = [[0] * (self._length - len(prompt)) + [1] * len(prompt) for prompt in prompts]
        self._cache = DynamicCache(config=model.config)
        self._blocks = model.get_decoder().layers
        self._next: Any = None  # (batch,): the tokens that come next
        self._mask: Any = None  # (batch, tokens so far)
        self.n_done = 0
        self.n_written = 0

    @property
    def read(self) -> bool:
        return self._next is not None

    def prefill(self, n: int, check: Callable[[], None]) -> float:
        """Read the next `n` tokens of the prompts and return the seconds it took."""
        import torch

        begun, device = time.monotonic(), self._model.device
        if self._mask is None:
            self._mask = torch.tensor(self._mask_rows, device=device)
        part = slice(self.n_done, min(self.n_done + n, self._length))
        ids = torch.tensor([row[part] for row in self._rows], device=device)
        best = self._forward(ids, self._mask[:, : part.stop], check)
        self.n_done = part.stop
        if part.stop == self._length:
            self._next = best
        return time.monotonic() - begun

    def steps(self, seconds: float, most: int, check: Callable[[], None]) -> list[list[int]]:
        """Return the next tokens, one list a step, for as many steps as fit into the time; `most` in all."""
        import torch

        begun, tokens = time.monotonic(), list[list[int]]()
        while self.n_written < most and (not tokens or time.monotonic() - begun < seconds):
            tokens.append(self._next.tolist())
            self._mask = torch.cat([self._mask, self._mask.new_ones((len(self._rows), 1))], dim=1)
            self._next = self._forward(self._next[:, None], self._mask, check)
            self.n_done += 1
            self.n_written += 1
        return tokens

    def _forward(self, ids: Any, mask: Any, check: Callable[[], None]) -> Any:
        import torch

        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        with torch.inference_mode(), interruptible(self._blocks, check):
            logits = self._model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=self._cache,
                use_cache=True,
                logits_to_keep=1,
            ).logits
            return logits[:, -1].argmax(dim=-1)


def _fitting(chunk: int, ratio: float) -> int:
    """Return how many tokens to read in the next quantum; ratio: how often the last one fits into one."""
    return max(_CHUNK, min(_LONGEST_CHUNK, int(chunk * min(4.0, max(0.25, ratio)))))


def _throttled(check: Callable[[], None]) -> Callable[[], None]:
    """Call `check` at most every fifth of a second: it is asked before every layer."""
    last = time.monotonic()

    def often() -> None:
        nonlocal last
        if time.monotonic() - last >= _CHECK_S:
            last = time.monotonic()
            check()

    return often
