"""A chat model whose answers are kept, so that minutes that were cut off ask nothing again."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Protocol

from app.progress import Progress, part_of
from app.summarization.chat import Chat, End, Reply
from app.summarization.prompt import Prompt


class Answers(Protocol):
    """Keeps the answers of one model to questions about one transcript."""

    def find(self, question: str) -> Reply | None: ...

    def add(self, question: str, reply: Reply) -> None: ...


class KeptAnswers:
    """A Chat that asks another, a few prompts at a time, and keeps what it answers."""

    def __init__(self, chat: Chat, answers: Answers) -> None:
        self._chat, self._answers = chat, answers

    @property
    def name(self) -> str:
        return self._chat.name

    @property
    def special(self) -> Sequence[str]:
        return self._chat.special

    @property
    def room(self) -> int:
        return self._chat.room

    @property
    def at_once(self) -> int:
        return self._chat.at_once

    @property
    def n_parameters(self) -> int | None:
        return self._chat.n_parameters

    def count(self, text: str) -> int:
        return self._chat.count(text)

    def ask(self, prompts: Sequence[Prompt], progress: Progress) -> list[Reply]:
        questions = [_identity(prompt) for prompt in prompts]
        found = {number: self._answers.find(question) for number, question in enumerate(questions)}
        open_ = [number for number, reply in found.items() if reply is None]
        while open_:
            asked, open_ = open_[: self.at_once], open_[self.at_once :]
            n_done = len(prompts) - len(open_) - len(asked)
            share = part_of(progress, n_done / len(prompts), (n_done + len(asked)) / len(prompts))
            for number, reply in zip(asked, self._chat.ask([prompts[n] for n in asked], share), strict=True):
                found[number] = reply
                if reply.end is not End.NONE:  # the model may be there again next time
                    self._answers.add(questions[number], reply)
        progress(1.0)
        return [found[number] or Reply("", End.NONE) for number in range(len(prompts))]


def kept(chat: Chat, answers: Answers | None) -> Chat:
    """Keep the answers of a chat model, where there is something to keep them in."""
    return KeptAnswers(chat, answers) if answers is not None else chat


def _identity(prompt: Prompt) -> str:
    return hashlib.sha256(json.dumps(asdict(prompt), sort_keys=True).encode()).hexdigest()
