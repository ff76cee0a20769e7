"""What the writers of minutes ask of a chat model; the engines in app/engines/chat answer it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.documents.sanitize import encodable
from app.progress import Progress
from app.summarization.prompt import Prompt


class End(StrEnum):
    """How an answer came to its end."""

    WHOLE = "whole"
    CUT = "cut"  # the room for answers was full
    TOO_LONG = "too long"  # the prompt was, for the model
    NONE = "none"  # refused, filtered, out of memory, or the model is away


@dataclass(frozen=True, slots=True)
class Reply:
    """What a chat model wrote, as far as it got."""

    text: str = ""
    end: End = End.WHOLE

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", encodable(self.text))


class Chat(Protocol):
    """A chat model that answers prompts, each on its own."""

    @property
    def name(self) -> str: ...

    @property
    def special(self) -> Sequence[str]:
        """Tokens that must not occur in a transcript."""
        ...

    @property
    def room(self) -> int:
        """Tokens of transcript that one prompt can take."""
        ...

    @property
    def at_once(self) -> int:
        """How many prompts it answers at once: so many answers a kill takes."""
        ...

    @property
    def n_parameters(self) -> int | None:
        """How large the model is; None: nobody knows."""
        ...

    def count(self, text: str) -> int:
        """Return how many tokens a text has."""
        ...

    def ask(self, prompts: Sequence[Prompt], progress: Progress) -> list[Reply]:
        """Return an answer for each prompt. Greedy."""
        ...
