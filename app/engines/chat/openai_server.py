"""Any OpenAI-compatible server (vLLM, llama.cpp, Ollama, a company's own) that writes the minutes."""

import logging
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.engines.base import SummarizeOptions
from app.engines.chat.completion import OtherKindError, filtered, read_completion, too_long
from app.engines.chat.http_json import AT_ONCE, Answer, JsonServer, ServerAwayError
from app.engines.compute.device import Priority
from app.engines.extractive import Extractive
from app.errors import N_, EngineUnavailable
from app.progress import Progress
from app.summarization.chat import Chat, End, Reply
from app.summarization.kept_answers import kept
from app.summarization.prompt import Prompt
from app.summarization.writing import write_minutes

_ROOM = 3000  # tokens of transcript in one prompt: fits every server, and longer parts lose details
_LETTERS_PER_TOKEN = 2.5  # Russian in Llama's and GPT's vocabularies; English needs fewer tokens
_WAYS: tuple[dict[str, Any], ...] = (
    {"temperature": 0, "max_tokens": 0, "response_format": {}},
    {"temperature": 0, "max_tokens": 0},
    {},  # some reasoning models take neither
)
_BUDGETS = (
    2000,
    8000,
    32_000,
)  # tokens of an answer: a page of minutes; a list of many; and thoughts before it
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
        self.budget = 0  # the first of _BUDGETS that was enough
        self._model = model
        self._otherwise = otherwise

    @property
    def name(self) -> str:
        return f"{self._model} ({self.host})" if self._model else self.host

    def summarize(self, transcript: Transcript, options: SummarizeOptions, progress: Progress) -> Minutes:
        try:
            model = self._model or self._first_model(lambda n: progress(0.0))
            conversation = _Conversation(self, model, patient=self._otherwise is not None)
            minutes = write_minutes(kept(conversation, options.answers), transcript, progress)
            if conversation.reason and not conversation.answered and self._otherwise is None:
                raise ServerAwayError(conversation.reason)
            return minutes
        except ServerAwayError as error:
            if self._otherwise is not None:
                log.warning("language model server %s: %s; %s writes", self.host, error, Extractive.name)
                return self._otherwise.summarize(transcript, options, progress)
            raise self._unavailable(error) from error

    def chat(self, priority: Priority, progress: Progress) -> Chat:
        try:
            model = self._model or self._first_model(lambda n: progress(0.0))
        except ServerAwayError as error:
            raise self._unavailable(error) from error
        return _Conversation(self, model, patient=True)

    def _unavailable(self, error: ServerAwayError) -> EngineUnavailable:
        return EngineUnavailable(
            N_(
                "The language model server %(host)s gave no usable answer (%(reason)s)."
                " Check that it runs, and KONSPEKT_LLM_URL, KONSPEKT_LLM_MODEL and KONSPEKT_LLM_KEY;"
                " then retry."
            ),
            host=self.host,
            reason=str(error),
        )

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
    at_once = AT_ONCE
    n_parameters: int | None = None

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

    def ask(self, prompts: Sequence[Prompt], progress: Progress) -> list[Reply]:
        answers = [Reply("", End.NONE)] * len(prompts)
        open_ = dict.fromkeys(range(len(prompts)), self._engine.budget)  # by number: which budget is next
        while open_ and not self._away:
            way = self._engine.way
            bodies = [self._body(prompts[number], way, budget) for number, budget in open_.items()]
            check = _from(len(prompts) - len(open_), len(prompts), progress)
            replies = self._engine.server.send("/chat/completions", bodies, check)
            next_: dict[int, int] = {}
            for (number, budget), reply in zip(open_.items(), replies, strict=True):
                if self._way_refused(reply, way, budget):
                    self._engine.way = max(self._engine.way, way + 1)
                    next_[number] = budget
                    continue
                answer = self._read(reply)
                if answer.text or not answers[number].text:  # a larger budget may be refused, or not help
                    answers[number] = answer
                if answer.end is End.CUT and "max_tokens" in _WAYS[way] and budget + 1 < len(_BUDGETS):
                    next_[number] = budget + 1
                elif answer.text:
                    self._engine.budget = max(self._engine.budget, budget)
            open_ = next_
        progress(1.0)
        return answers

    def _body(self, prompt: Prompt, way: int, budget: int) -> dict[str, Any]:
        body = {"model": self._model, "messages": prompt.messages, "stream": False, **_WAYS[way]}
        if "max_tokens" in body:
            body["max_tokens"] = _BUDGETS[budget]
        if "response_format" in body:
            schema = {"name": "answer", "strict": True, "schema": prompt.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return body

    def _way_refused(self, answer: Answer | ServerAwayError, way: int, budget: int) -> bool:
        """Tell whether the server does not take a prompt in this form, and may in the next."""
        if not isinstance(answer, Answer) or answer.status not in _NOT_THIS_WAY or way + 1 == len(_WAYS):
            return False
        raised = budget > self._engine.budget
        return not raised and not too_long(answer.body) and not filtered(answer.body)

    def _read(self, answer: Answer | ServerAwayError) -> Reply:
        if isinstance(answer, Answer) and answer.status == 200:
            try:
                reply = read_completion(answer.body)
            except OtherKindError as error:
                self.reason = str(error)
                return Reply("", End.NONE)
            self.answered += 1
            return reply
        if isinstance(answer, Answer) and answer.status in (*_NOT_THIS_WAY, 413):
            self.reason = f"HTTP {answer.status}"  # this prompt only
            long = answer.status == 413 or too_long(answer.body)
            return Reply("", End.TOO_LONG if long else End.CUT if filtered(answer.body) else End.NONE)
        away = answer if isinstance(answer, ServerAwayError) else ServerAwayError(f"HTTP {answer.status}")
        self.reason = str(away)
        if not self._patient:
            raise away
        self._away = True
        log.warning("language model server %s: %s; %s writes", self._engine.host, away, Extractive.name)
        return Reply("", End.NONE)


def _from(before: int, total: int, progress: Progress) -> Callable[[int], None]:
    return lambda n: progress((before + n) / total)
