"""Events as the hub tells them, and a protocol that writes down what it says."""

import json
from typing import Any

from app.documents.transcript import Word
from app.live.events import Final, Partial

HELLO_WORLD = Final(
    1.0,
    2.0,
    "Hello, world.",
    (Word(1.0, 1.4, "Hello,", 0.5), Word(1.5, 2.0, "world.", None)),
    "en",
    False,
    2.0,
)
AGAIN = Final(3.0, 4.0, "Again.", (Word(3.0, 4.0, "Again.", 0.9),), "en", False, 4.0, "Speaker 2")
PARTIAL = Partial(1.0, 1.5, "Hello word", "Hello")


class Said(list[dict[str, Any]]):
    """Messages of JSON, read."""

    def add(self, message: str) -> None:
        self.append(json.loads(message))

    def take(self) -> list[dict[str, Any]]:
        taken = [*self]
        self.clear()
        return taken
