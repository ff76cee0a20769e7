"""A chat model in a GGUF file, computed by llama.cpp within this process."""

import itertools
import json
import logging
import secrets
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.engines.base import SummarizeOptions
from app.engines.chat import gguf_files
from app.engines.chat.answer_stream import AnswerStream
from app.engines.chat.completion import too_long
from app.engines.compute.device import Device, Priority, cores
from app.errors import N_, EngineUnavailable
from app.progress import Progress, part_of
from app.summarization.chat import Chat, End, Reply
from app.summarization.kept_answers import kept
from app.summarization.prompt import Prompt
from app.summarization.writing import write_minutes

log = logging.getLogger(__name__)

_CONTEXT = 8192  # tokens: a part of a meeting, its prompt and the answer
_ANSWER = 1500  # tokens: a page of minutes in Russian
_PART = 3000  # tokens of transcript in one prompt; longer parts lose details
_ASKED = 900  # tokens of the longest prompt without its transcript
_LETTERS_PER_TOKEN = 2.2  # Russian in the vocabularies of Qwen and Llama; English needs fewer tokens
_GIVES_WAY = 3  # times that an answer is begun anew for more urgent work, until it is finished all the same
_GPU_BATCH = 512
# Tokens read in one go on a CPU, between two looks at whether the job is cancelled: within a second at the 32
# tokens a second that two busy cores read with 1.1 GB of weights.
_BATCH_AT_GB = 32
_LEAST_BATCH, _MOST_BATCH = 8, 64


class LlamaCpp:
    """Writes minutes with a GGUF model. Its beginning of a prompt is kept for the next.

    Args:
        path: the file, of several shards the first; threads: 0 for one a core.
        check: a small model writes only what it does better than rules.
        learn: is told how many tokens a second an answer has read and written.

    Raises EngineUnavailable if xllamacpp is not installed, or cannot read the file.
    """

    def __init__(
        self,
        path: Path,
        device: Device,
        threads: int = 0,
        *,
        check: bool = False,
        learn: Callable[[float, float], None] = lambda reads, writes: None,
    ) -> None:
        lacking = gguf_files.missing(path)
        if lacking is not None:
            raise EngineUnavailable(
                N_("The chat model %(name)s lacks %(file)s. Copy the whole model into models/."),
                name=path.name,
                file=lacking,
            )
        self.name = f"{path.stem} (llama.cpp)"
        self._device, self._learn = device, learn
        self._verdicts: dict[str, bool] | None = {} if check else None
        self._key = secrets.token_hex(16)  # llama.cpp also listens on this machine: for nobody else
        self._server = self._load(path, cores(threads))
        described = self._described()
        self.n_parameters: int | None = described.get("n_params")
        self._context = int(described.get("n_ctx") or _CONTEXT)
        self.room = max(64, min(_PART, self._context - _ANSWER - _ASKED))

    def _load(self, path: Path, n_threads: int) -> Any:
        try:
            import xllamacpp
        except ImportError as error:
            raise EngineUnavailable(
                N_("llama.cpp is not installed here. Install it: pip install xllamacpp")
            ) from error
        on_gpu = self._device.kind != "cpu"
        batch = _GPU_BATCH if on_gpu else _cpu_batch(gguf_files.weight_bytes(path))
        params: Any = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_ctx = _CONTEXT
        params.n_batch = params.n_ubatch = batch
        params.n_parallel = 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = n_threads
        params.n_gpu_layers = -1 if on_gpu else 0
        params.warmup = False
        params.cache_ram_mib = 0  # the slot's own memory keeps the beginning of a prompt
        params.verbosity = -1
        params.api_keys = [self._key]
        params.ui = params.endpoint_slots = False
        try:
            return xllamacpp.Server(params)
        except (RuntimeError, ValueError) as error:
            log.warning("the chat model %s cannot be read", path, exc_info=True)
            raise EngineUnavailable(
                N_("The chat model %(name)s cannot be read by llama.cpp. Fetch or copy it again."),
                name=path.name,
            ) from error

    def _described(self) -> Mapping[str, Any]:
        """Ask llama.cpp what it has loaded."""
        request = urllib.request.Request(  # noqa: S310  its own address
            f"{self._server.listening_address}/v1/models", headers={"Authorization": f"Bearer {self._key}"}
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=30) as answer:
            described: Mapping[str, Any] = json.load(answer)["data"][0]["meta"] or {}
        return described

    def summarize(self, transcript: Transcript, options: SummarizeOptions, progress: Progress) -> Minutes:
        conversation = kept(_Conversation(self, options.priority), options.answers)
        return write_minutes(conversation, transcript, progress, self._verdicts)

    def chat(self, priority: Priority, progress: Progress) -> Chat:
        return _Conversation(self, priority)

    def count(self, text: str) -> int:
        return int(len(text) / _LETTERS_PER_TOKEN) + 1

    def ask(self, prompts: Sequence[Prompt], priority: Priority, progress: Progress) -> list[Reply]:
        """Answer one prompt after the other."""
        n = len(prompts)
        replies = []
        for number, prompt in enumerate(prompts):
            replies.append(self._answer(prompt, priority, part_of(progress, number / n, (number + 1) / n)))
        progress(1.0)
        return replies

    def close(self) -> None:
        """Let the model go, and end its threads."""
        self._server = None

    def _answer(self, prompt: Prompt, priority: Priority, progress: Progress) -> Reply:
        budget = prompt.budget or _ANSWER
        body = {
            "messages": prompt.messages,
            "max_tokens": budget,
            "temperature": 0,
            "stream": True,
            "return_progress": True,
            "chat_template_kwargs": {"enable_thinking": False},
            "response_format": {"type": "json_schema", "json_schema": {"schema": prompt.schema}},
        }
        waiting = partial(progress, 0.0)
        for attempt in itertools.count():
            give_way = partial(self._device.overtaken, priority) if attempt < _GIVES_WAY else lambda: False
            stream = AnswerStream(budget, progress, give_way)
            try:
                self._device.turn(
                    priority, partial(self._server.handle_chat_completions, body, stream.take), waiting
                )
            except ValueError as error:  # what its chat template or the grammar of the schema says
                stream.error = str(error)
            if not stream.gave_way:
                break
        reply = stream.reply()
        if stream.error is not None:
            log.warning("%s: %s", self.name, stream.error)
            return Reply("", End.TOO_LONG if too_long(stream.error) else End.NONE)
        if stream.pace is not None:
            self._learn(*stream.pace)
        return reply


def _cpu_batch(weight_bytes: int) -> int:
    """Return how many tokens are read in about a second."""
    batch = int(_BATCH_AT_GB * 1.1e9 / max(1, weight_bytes)) // 8 * 8
    return max(_LEAST_BATCH, min(_MOST_BATCH, batch))


@dataclass(frozen=True, slots=True)
class _Conversation:
    """One transcript's questions to the model, asked with one priority."""

    engine: LlamaCpp
    priority: Priority
    special: Sequence[str] = ()
    at_once: int = 1

    @property
    def name(self) -> str:
        return self.engine.name

    @property
    def room(self) -> int:
        return self.engine.room

    @property
    def n_parameters(self) -> int | None:
        return self.engine.n_parameters

    def count(self, text: str) -> int:
        return self.engine.count(text)

    def ask(self, prompts: Sequence[Prompt], progress: Progress) -> list[Reply]:
        return self.engine.ask(prompts, self.priority, progress)
