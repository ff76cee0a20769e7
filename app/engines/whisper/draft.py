"""Decoding that checks a draft first: what was heard of a growing utterance a moment ago mostly still holds.

Leviathan et al. 2023 (arXiv 2211.17192), section 2, with the last hypothesis in the small model's place: one
pass computes all its positions, greedy decoding follows it as long as it says the same, and goes on by itself
from there. What is decoded is what would be decoded without a draft.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from app.engines.whisper.openai_decoder import AudioFeatures, KeepingInference

if TYPE_CHECKING:
    from torch import Tensor


class DraftInference(KeepingInference):
    """Decoding of one window, with a draft of its tokens."""

    def __init__(self, net: Any, n_initial: int, features: AudioFeatures, draft: Sequence[int]) -> None:
        super().__init__(net, n_initial, [features])
        self._draft = draft
        self._tokens: list[int] = []  # computed ahead, initial ones included
        self._ahead: Tensor | None = None  # their logits: (1, n, n_vocab)

    def logits(self, tokens: "Tensor", audio_features: "Tensor") -> "Tensor":
        """Return the logits after the last of `tokens`, at first after each of them: (1, n, n_vocab)."""
        n = tokens.shape[-1]
        if not self.kv_cache:
            self._tokens = [*tokens[0].tolist(), *self._draft]
            self.prepare()
            drafted = torch.tensor([self._tokens], device=tokens.device)
            self._ahead = self.model.decoder(drafted, audio_features, kv_cache=self.kv_cache)
            return self._ahead[:, :n]
        if self._ahead is not None:
            if n <= len(self._tokens) and int(tokens[0, -1]) == self._tokens[n - 1]:
                return self._ahead[:, n - 1 : n]
            self._ahead = None
            for module in self.kv_modules:
                self.kv_cache[module] = self.kv_cache[module][:, : n - 1]
        return super().logits(tokens, audio_features)
