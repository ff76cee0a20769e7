"""What `map_reduce` asks of a chat model; the engines in app/engines/chat answer it."""

from collections.abc import Sequence
from typing import Protocol

from app.progress import Progress
from app.summarization.prompt import Prompt


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

    def count(self, text: str) -> int:
        """Return how many tokens a text has."""
        ...

    def ask(self, prompts: Sequence[Prompt], progress: Progress) -> list[str | None]:
        """Return an answer for each prompt; None where there is none. Greedy."""
        ...
