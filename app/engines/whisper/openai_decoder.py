"""openai-whisper's decoder with the keys and values of a window kept: the same text for half the time.

`whisper.model` (20250625) computes them anew for the language, the text and the word times of a window, and
lays them out by heads for every token; here they are computed once and lie so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from whisper.decoding import PyTorchInference
from whisper.model import MultiHeadAttention, TextDecoder

if TYPE_CHECKING:
    from torch import Tensor

    KeysValues = tuple[Tensor, Tensor]

KEPT_BYTES = 64 << 20  # of a window; a large model's would fill the memory, and are computed when asked for


@dataclass(frozen=True, slots=True)
class AudioFeatures:
    """What the encoder made of a window, or a stretch of it.

    encoded: (n, n_audio_state); kept: the keys and values of each layer, (heads, n, n_audio_state / heads).
    """

    encoded: "Tensor"
    kept: "tuple[KeysValues, ...] | None"

    def __len__(self) -> int:
        return len(self.encoded)

    def __getitem__(self, frames: slice) -> "AudioFeatures":
        kept = self.kept and tuple((keys[:, frames], values[:, frames]) for keys, values in self.kept)
        return AudioFeatures(self.encoded[frames], kept)


class CrossAttention(MultiHeadAttention):  # type: ignore[misc]  # openai-whisper is not typed
    """Attention to a window whose keys and values stand in the cache, under this module."""

    def __init__(self, plain: MultiHeadAttention) -> None:
        torch.nn.Module.__init__(self)
        self.n_head = plain.n_head
        self.query, self.key, self.value, self.out = plain.query, plain.key, plain.value, plain.out

    def keys_values(self, encoded: "Tensor") -> "KeysValues":
        # past the hooks by which openai-whisper would keep them in its own layout
        return self._heads(self.key.forward(encoded)), self._heads(self.value.forward(encoded))

    def forward(
        self, x: "Tensor", xa: "Tensor", mask: None = None, kv_cache: dict[Any, Any] | None = None
    ) -> "tuple[Tensor, Tensor | None]":
        """Return what is heard and, where openai-whisper's `disable_sdpa` is on, how it was attended to."""
        assert kv_cache is not None
        keys, values = kv_cache[self]
        query = self._heads(self.query(x))  # (batch, heads, tokens, ...)
        many = len(query) > len(keys)  # the hypotheses of a beam hear one window
        if many:
            query = query.transpose(0, 1).flatten(1, 2)[None]
        weights: Tensor | None = None
        if MultiHeadAttention.use_sdpa:
            heard = scaled_dot_product_attention(query, keys, values)
        else:
            scale = keys.shape[-1] ** -0.25
            weights = ((query * scale) @ (keys * scale).transpose(-1, -2)).float()
            heard = weights.softmax(dim=-1).to(query.dtype) @ values
        if many:
            heard = heard[0].view(self.n_head, *x.shape[:2], -1).transpose(0, 1)
        return self.out(heard.transpose(1, 2).flatten(2)), weights

    def _heads(self, x: "Tensor") -> "Tensor":
        return x.view(*x.shape[:-1], self.n_head, -1).transpose(-2, -3).contiguous()


class KeepingDecoder(torch.nn.Module):
    """openai-whisper's TextDecoder on its own weights, which hears windows by `cache`."""

    def __init__(self, plain: TextDecoder) -> None:
        super().__init__()
        self.token_embedding, self.positional_embedding = plain.token_embedding, plain.positional_embedding
        self.blocks, self.ln = plain.blocks, plain.ln
        self.register_buffer("mask", plain.mask, persistent=False)
        for block in self.blocks:
            block.cross_attn = CrossAttention(block.cross_attn)

    def keys_values(self, encoded: "Tensor") -> "tuple[KeysValues, ...]":
        return tuple(block.cross_attn.keys_values(encoded) for block in self.blocks)

    def features(self, encoded: "Tensor") -> AudioFeatures:
        """Keep what a window is attended to by, if it is not too much."""
        n_bytes = 2 * len(self.blocks) * encoded.numel() * encoded.element_size()
        return AudioFeatures(encoded, self.keys_values(encoded) if n_bytes <= KEPT_BYTES else None)

    def cache(self, features: Sequence[AudioFeatures]) -> "dict[Any, Any]":
        """Return the cache with which windows of one length are decoded together."""
        kept = [one.kept or self.keys_values(one.encoded) for one in features]
        layers = (
            [torch.stack(parts) for parts in zip(*layer, strict=True)] for layer in zip(*kept, strict=True)
        )
        return {block.cross_attn: layer for block, layer in zip(self.blocks, layers, strict=True)}

    def forward(self, tokens: "Tensor", xa: "Tensor", kv_cache: dict[Any, Any]) -> "Tensor":
        """Return the logits after each of the tokens: (batch, n, n_vocab), float32."""
        rows = self.hidden(tokens, xa, kv_cache).flatten(0, 1)
        # The vocabulary stands left: on the right, as in openai-whisper, a few rows take twice as long.
        logits = (self.token_embedding.weight.to(rows.dtype) @ rows.T).T.contiguous()
        after: Tensor = logits.view(*tokens.shape, -1).float()
        return after

    def logits_of(self, choice: "Tensor", features: AudioFeatures, start: "Tensor") -> "Tensor":
        """Return the logits of a few tokens only, after the last of `start`: (n,), float32."""
        last = self.hidden(start, features.encoded[None], self.cache([features]))[0, -1]
        logits: Tensor = self.token_embedding(choice).to(last.dtype) @ last
        return logits.float()

    def hidden(self, tokens: "Tensor", xa: "Tensor", kv_cache: dict[Any, Any]) -> "Tensor":
        before = kv_cache.get(self.blocks[0].attn.key)
        offset = 0 if before is None else before.shape[1]
        places = self.positional_embedding[offset : offset + tokens.shape[-1]]
        x = (self.token_embedding(tokens) + places).to(xa.dtype)
        for block in self.blocks:
            x = block(x, xa, mask=self.mask, kv_cache=kv_cache)
        hidden: Tensor = self.ln(x)
        return hidden


class KeepingInference(PyTorchInference):  # type: ignore[misc]  # openai-whisper is not typed
    """openai-whisper's decoding of windows by a KeepingDecoder."""

    kv_cache: "dict[Any, Any]"

    def __init__(self, net: Any, n_initial: int, features: Sequence[AudioFeatures]) -> None:
        super().__init__(net, n_initial)
        self._features = features

    def logits(self, tokens: "Tensor", audio_features: "Tensor") -> "Tensor":
        """Return the logits after the last of `tokens`, at first after each of them: (batch, n, n_vocab)."""
        self.prepare()
        logits: Tensor = super().logits(tokens, audio_features)
        return logits

    def prepare(self) -> None:
        """Fill the cache before the first pass."""
        if not self.kv_cache:
            self.kv_cache, self.hooks = self.model.install_kv_cache_hooks()
            self.kv_cache |= self.model.decoder.cache(self._features)
