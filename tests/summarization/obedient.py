"""A chat model that says what a test told it to."""

import json
import re
from collections.abc import Callable, Sequence

from app.summarization.chat import End, Reply
from app.summarization.prompt import Prompt


class Obedient:
    """A model that answers each prompt as it was told."""

    name = "Obedient"
    special: Sequence[str] = ()
    at_once = 4
    n_parameters: int | None = None

    def __init__(self, answer: Callable[[Prompt], str | None], room: int = 3000) -> None:
        self._answer = answer
        self.room = room
        self.asked: list[Prompt] = []

    def count(self, text: str) -> int:
        return len(text.split())

    def ask(self, prompts: Sequence[Prompt], progress: Callable[[float], None]) -> list[Reply]:
        self.asked += prompts
        answers = [self._answer(prompt) for prompt in prompts]
        return [Reply("", End.NONE) if answer is None else Reply(answer) for answer in answers]


def quoting(prompt: Prompt) -> str:
    """Answer honestly: a topic of the longest lines, each with its number; group all points into one."""
    lines = re.findall(r"^\[(\d+)\] (.*)$", prompt.user, re.MULTILINE)
    if not lines:
        items = [int(n) for n in re.findall(r"^(\d+)\. ", prompt.user, re.MULTILINE)]
        return json.dumps({"topics": [{"title": "Релиз версии и хостинг", "items": items}]})
    longest = sorted(lines, key=lambda line: -len(line[1]))[:3]
    points = [{"text": text, "source": [int(n)]} for n, text in longest]
    return json.dumps({"topics": [{"title": "Релиз", "points": points}], "decisions": [], "action_items": []})
