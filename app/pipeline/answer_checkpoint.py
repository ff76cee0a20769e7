"""AnswerCheckpoint: what a chat model has answered so far about a transcript; a record is an answer."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from app.pipeline.checkpoint import Checkpoint
from app.summarization.chat import Reply


@dataclass(frozen=True, slots=True)
class _Answered:
    question: str
    reply: Reply


_FORM = TypeAdapter(_Answered)


class AnswerCheckpoint:
    """The `Answers` of one summary."""

    def __init__(self, kept: Checkpoint) -> None:
        self._kept = kept
        found = (_FORM.validate_json(record) for record in kept.records())
        self._replies = {answered.question: answered.reply for answered in found}

    def find(self, question: str) -> Reply | None:
        return self._replies.get(question)

    def add(self, question: str, reply: Reply) -> None:
        self._replies[question] = reply
        self._kept.add(_FORM.dump_json(_Answered(question, reply)))
