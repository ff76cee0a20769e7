"""Llama, or any other chat model of transformers, from a folder under models/."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.engines.base import SummarizeOptions
from app.engines.chat import folders
from app.engines.chat.generation import Generator
from app.engines.chat.loading import load_model, load_tokenizer
from app.engines.compute.device import Device, Priority
from app.engines.compute.memory import free_bytes
from app.errors import N_, EngineUnavailable
from app.progress import Progress
from app.summarization.chat import Chat, End, Reply
from app.summarization.json_text import complete, loops
from app.summarization.kept_answers import kept
from app.summarization.prompt import Prompt, harmless, minutes_prompt
from app.summarization.template import ends, written
from app.summarization.writing import write_minutes

log = logging.getLogger(__name__)

_ANSWER = 1500  # tokens: a page of minutes in Russian
_PART = 3000  # tokens of transcript in one prompt, a quarter of an hour; longer parts lose details
_LEAST_ROOM = 64
_MOST_ROWS = {"cuda": 8, "cpu": 4}  # decoding is bound by reading the weights: rows come almost free


class Llama:
    """Writes minutes with a chat model; weights are read with weights_only or safetensors, code never.

    Args:
        folder: config.json, tokenizer.json, and pytorch_model.bin or safetensors, whole or in shards.
        check: a small model writes only what it does better than rules.

    Raises EngineUnavailable if the folder is no chat model or its weights do not fit its config.
    """

    def __init__(self, folder: Path, device: Device, *, check: bool = False) -> None:
        lacking = folders.missing(folder)
        if lacking is not None:
            raise EngineUnavailable(
                N_("The chat model %(name)s lacks %(file)s. Copy the whole model folder into models/."),
                name=folder.name,
                file=lacking,
            )
        self.name = f"Llama {folder.name}"
        self._device = device
        self._verdicts: dict[str, bool] | None = {} if check else None
        try:
            self._tokenizer = load_tokenizer(folder)
            model = load_model(folder, device.name)
            self._model = device.turn(Priority.BATCH, lambda: model.to(device.name).eval())
        except EngineUnavailable:
            raise
        except Exception as error:
            log.warning("the chat model in %s cannot be read", folder, exc_info=True)
            raise EngineUnavailable(
                N_(
                    "The chat model %(name)s cannot be read (%(reason)s). Copy its folder into models/ again."
                ),
                name=folder.name,
                reason=type(error).__name__,
            ) from error
        added = self._tokenizer.added_tokens_decoder.values()
        self.special: Sequence[str] = [t.content for t in added if t.special and harmless(t.content)]
        stop = ends(self._tokenizer, model.config, getattr(model, "generation_config", None))
        self._generator = Generator(model, device, stop, pad=next(iter(sorted(stop)), 0))
        self.n_parameters: int | None = sum(weights.numel() for weights in model.parameters())
        self.room = self._room(folder.name)

    def _room(self, name: str) -> int:
        context = int(getattr(self._model.config, "max_position_embeddings", None) or 4096)
        self._answer = min(_ANSWER, context // 3)
        asked = max(len(self._tokens(minutes_prompt([], language, again=True))) for language in ("ru", "en"))
        room = min(_PART, context - self._answer - asked)
        if room < _LEAST_ROOM:
            raise EngineUnavailable(
                N_("The context of the chat model %(name)s is too short: %(tokens)d tokens."),
                name=name,
                tokens=context,
            )
        return room

    @property
    def at_once(self) -> int:
        return _MOST_ROWS.get(self._device.name.split(":")[0], 1)

    def summarize(self, transcript: Transcript, options: SummarizeOptions, progress: Progress) -> Minutes:
        conversation = kept(_Conversation(self, options.priority), options.answers)
        return write_minutes(conversation, transcript, progress, self._verdicts)

    def chat(self, priority: Priority, progress: Progress) -> Chat:
        return _Conversation(self, priority)

    def count(self, text: str) -> int:
        return len(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def ask(self, prompts: Sequence[Prompt], priority: Priority, progress: Progress) -> list[Reply]:
        """Answer prompts in batches of like length, as many at once as memory holds."""
        asked = [self._tokens(prompt) for prompt in prompts]
        order = sorted(range(len(asked)), key=lambda i: -len(asked[i]))
        total = sum(len(tokens) + self._answer for tokens in asked)
        answers = [Reply()] * len(asked)
        done = 0
        while order:
            rows = order[: self._rows(len(asked[order[0]]))]
            order = order[len(rows) :]
            size = sum(len(asked[i]) + self._answer for i in rows)

            def check(n: int, size: int = size, n_rows: int = len(rows), done: int = done) -> None:
                progress(min(1.0, (done + min(size, n * n_rows)) / total))

            for i, reply in zip(rows, self._written([asked[i] for i in rows], priority, check), strict=True):
                answers[i] = reply
            done += size
            progress(done / total)
        return answers

    def _written(self, prompts: list[list[int]], priority: Priority, check: Any) -> list[Reply]:
        import torch

        def enough(tokens: list[int]) -> bool:
            text = self._text(tokens)
            return complete(text) or loops(text)

        try:
            new = self._generator.generate(prompts, self._answer, priority, check, enough)
        except torch.OutOfMemoryError:
            self._device.turn(priority, torch.cuda.empty_cache)
            if len(prompts) > 1:
                return [reply for prompt in prompts for reply in self._written([prompt], priority, check)]
            log.warning("%s ran out of memory at a prompt of %d tokens", self.name, len(prompts[0]))
            return [Reply("", End.TOO_LONG)]
        return [
            Reply(self._text(tokens), End.CUT if len(tokens) >= self._answer else End.WHOLE) for tokens in new
        ]

    def _text(self, tokens: list[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True))

    def _tokens(self, prompt: Prompt) -> list[int]:
        text = written(self._tokenizer, prompt)
        return [int(token) for token in self._tokenizer(text, add_special_tokens=False)["input_ids"]]

    def _rows(self, length: int) -> int:
        """Return how many prompts of this length are decoded at once: half of the free memory."""
        config = self._model.config
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        each = 2 * config.num_hidden_layers * heads * width * self._model.dtype.itemsize
        fits = free_bytes(self._device.name) // 2 // (each * (length + self._answer))
        return int(max(1, min(self.at_once, fits)))


@dataclass(frozen=True, slots=True)
class _Conversation:
    """One transcript's questions to the model, asked with one priority."""

    llama: Llama
    priority: Priority

    @property
    def name(self) -> str:
        return self.llama.name

    @property
    def special(self) -> Sequence[str]:
        return self.llama.special

    @property
    def room(self) -> int:
        return self.llama.room

    @property
    def at_once(self) -> int:
        return self.llama.at_once

    @property
    def n_parameters(self) -> int | None:
        return self.llama.n_parameters

    def count(self, text: str) -> int:
        return self.llama.count(text)

    def ask(self, prompts: Sequence[Prompt], progress: Progress) -> list[Reply]:
        return self.llama.ask(prompts, self.priority, progress)
