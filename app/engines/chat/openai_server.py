"""Any OpenAI-compatible server (vLLM, llama.cpp, Ollama, a company's own) that writes the minutes."""

import logging
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.engines.base import SummarizeOptions
from app.engines.chat.http_json import JsonServer, Reply, ServerAwayError
from app.engines.extractive import Extractive
from app.errors import N_, EngineUnavailable
from app.progress import Progress
from app.summarization.map_reduce import write_minutes
from app.summarization.prompt import SCHEMA, Prompt

_ROOM = 3000  # tokens of transcript in one prompt: fits every server, and longer parts lose details
_LETTERS_PER_TOKEN = 2.5  # Russian in Llama's and GPT's vocabularies; English needs fewer tokens
_SCHEMA = {"type": "json_schema", "json_schema": {"name": "minutes", "strict": True, "schema": SCHEMA}}
_WAYS: tuple[dict[str, Any], ...] = (
    {"temperature": 0, "max_tokens": 2000, "response_format": _SCHEMA},
    {"temperature": 0, "max_tokens": 2000},
    {},  # reasoning models take neither
)
_NOT_THIS_WAY = frozenset((400, 415, 422, 501))

log = logging.getLogger(__name__)


class OpenAIServer:
    """Asks a server for minutes, a part of the transcript at a time.

    Args:
        url: base URL, as https://host/v1; model: None for the first that the server lists.
        otherwise: who writes what the server does not; None: a server that stays away is an error.
        wait_s: seconds before a busy server is asked again; doubled each time.
    """

    def __init__(
        self,
        url: str,
        model: str | None,
        key: str | None,
        timeout_s: float,
        otherwise: Extractive | None = None,
        wait_s: float = 1.0,
    ) -> None:
        self.host = urlsplit(url).hostname or ""
        self.server = JsonServer(url, key, timeout_s, wait_s)
        self.way = 0  # the first of _WAYS that the server took
        self._model = model
        self._otherwise = otherwise

    @property
    def name(self) -> str:
        return f"{self._model} ({self.host})" if self._model else self.host

    def summarize(self, transcript: Transcript, options: SummarizeOptions, progress: Progress) -> Minutes:
        try:
            model = self._model or self._first_model(lambda n: progress(0.0))
            conversation = _Conversation(self, model, patient=self._otherwise is not None)
            minutes = write_minutes(conversation, transcript, progress)
            if conversation.reason and not conversation.answered and self._otherwise is None:
                raise ServerAwayError(conversation.reason)
            return minutes
        except ServerAwayError as error:
            if self._otherwise is not None:
                log.warning("language model server %s: %s; %s writes", self.host, error, Extractive.name)
                return self._otherwise.summarize(transcript, options, progress)
            raise EngineUnavailable(
                N_(
                    "The language model server %(host)s gave no usable answer (%(reason)s)."
                    " Check that it runs, and KONSPEKT_LLM_URL, KONSPEKT_LLM_MODEL and KONSPEKT_LLM_KEY;"
                    " then retry."
                ),
                host=self.host,
                reason=str(error),
            ) from error

    def _first_model(self, check: Callable[[int], None]) -> str:
        reply = self.server.send("/models", [None], check)[0]
        if isinstance(reply, ServerAwayError):
            raise reply
        try:
            return str(reply.body["data"][0]["id"])
        except (TypeError, KeyError, IndexError) as error:
            raise ServerAwayError(f"HTTP {reply.status}, no list of models") from error


class _Conversation:
    """One transcript's questions to the server.

    patient: a server that goes away leaves the rest unanswered; otherwise it is an error.
    """

    special: Sequence[str] = ()
    room = _ROOM

    def __init__(self, engine: OpenAIServer, model: str, *, patient: bool) -> None:
        self.name = f"{model} ({engine.host})"
        self.answered = 0
        self.reason = ""
        self._engine = engine
        self._model = model
        self._patient = patient
        self._away = False

    def count(self, text: str) -> int:
        return int(len(text) / _LETTERS_PER_TOKEN) + 1

    def ask(self, prompts: Sequence[Prompt], progress: Progress) -> list[str | None]:
        answers: list[str | None] = [None] * len(prompts)
        open_ = list(range(len(prompts)))
        while open_ and not self._away:
            way = self._engine.way
            bodies = [self._body(prompts[number], way) for number in open_]
            before = len(prompts) - len(open_)
            check = _from(before, len(prompts), progress)
            replies = self._engine.server.send("/chat/completions", bodies, check)
            refused = []
            for number, reply in zip(open_, replies, strict=True):
                if isinstance(reply, Reply) and reply.status in _NOT_THIS_WAY and way + 1 < len(_WAYS):
                    refused.append(number)
                else:
                    answers[number] = self._text(reply)
            if refused:
                self._engine.way = max(self._engine.way, way + 1)
            open_ = refused
        progress(1.0)
        return answers

    def _body(self, prompt: Prompt, way: int) -> dict[str, Any]:
        messages = [
            {"role": "system", "content": prompt.system},
            {"role": "user", "content": prompt.user},
        ]
        return {"model": self._model, "messages": messages, **_WAYS[way]}

    def _text(self, reply: Reply | ServerAwayError) -> str | None:
        if isinstance(reply, Reply) and reply.status == 200:
            try:
                text = reply.body["choices"][0]["message"]["content"]
            except (TypeError, KeyError, IndexError):
                self.reason = "an answer of another kind"
                return None
            self.answered += 1
            return text if isinstance(text, str) else None
        if isinstance(reply, Reply) and reply.status in _NOT_THIS_WAY:
            self.reason = f"HTTP {reply.status}"
            return None  # this prompt only: too long, or filtered
        away = reply if isinstance(reply, ServerAwayError) else ServerAwayError(f"HTTP {reply.status}")
        self.reason = str(away)
        if not self._patient:
            raise away
        self._away = True
        log.warning("language model server %s: %s; %s writes", self._engine.host, away, Extractive.name)
        return None


def _from(before: int, total: int, progress: Progress) -> Callable[[int], None]:
    return lambda n: progress((before + n) / total)
