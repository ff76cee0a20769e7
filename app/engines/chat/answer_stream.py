"""Gathers an answer of llama.cpp piece by piece, and stops it: cancelled, overtaken, or in a loop."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from app.engines.chat.completion import read_completion
from app.progress import Progress
from app.summarization.chat import Reply
from app.summarization.json_text import loops

_CHECK_S = 0.2
_READING = 0.7  # share of the progress
_LOOKS_EVERY = 32  # pieces between two looks for a loop
_READ_LEAST, _WRITTEN_LEAST = 64, 8  # tokens; fewer say nothing of the pace


class AnswerStream:
    """What llama.cpp hands over while it reads and writes. `take` is called on the thread that computes.

    Args:
        most: tokens that may be written.
        give_way: tells that more urgent work waits.
    """

    def __init__(self, most: int, progress: Progress, give_way: Callable[[], bool]) -> None:
        self.gave_way = False
        self.error: object = None
        self.pace: tuple[float, float] | None = None  # tokens a second that were read and written
        self._most = most
        self._progress = progress
        self._give_way = give_way
        self._raised: BaseException | None = None
        self._texts: list[str] = []
        self._thoughts: list[str] = []
        self._finish = ""
        self._done = 0.0
        self._looked = time.monotonic()

    def take(self, piece: Mapping[str, Any]) -> bool:
        """Keep a piece; True ends the answer. What is raised here would be lost in llama.cpp."""
        try:
            self._keep(piece)
            return self._stops()
        except BaseException as error:  # noqa: BLE001  it is raised again where the answer is awaited
            self._raised = error
            return True

    def reply(self) -> Reply:
        """Return the answer, or raise what `progress` raised."""
        if self._raised is not None:
            raise self._raised
        message = {"content": "".join(self._texts), "reasoning_content": "".join(self._thoughts)}
        return read_completion({"choices": [{"message": message, "finish_reason": self._finish}]})

    def _keep(self, piece: Mapping[str, Any]) -> None:
        if "error" in piece:
            self.error = piece["error"]
            return
        self.pace = _pace(piece.get("timings")) or self.pace
        read = piece.get("prompt_progress")
        if read:
            self._done = _READING * read["processed"] / max(1, read["total"])
        for choice in piece.get("choices") or ():
            delta = choice.get("delta") or {}
            self._texts += filter(None, [delta.get("content")])
            self._thoughts += filter(None, [delta.get("reasoning_content")])
            self._finish = choice.get("finish_reason") or self._finish
        n_written = len(self._texts) + len(self._thoughts)
        if n_written:
            self._done = _READING + (1 - _READING) * min(1.0, n_written / self._most)

    def _stops(self) -> bool:
        n_written = len(self._texts)
        if n_written and n_written % _LOOKS_EVERY == 0 and loops("".join(self._texts)):
            self._finish = "length"
            return True
        if time.monotonic() - self._looked >= _CHECK_S:
            self._looked = time.monotonic()
            self._progress(self._done)
            self.gave_way = not self._finish and self._give_way()
        return self.gave_way


def _pace(timings: Mapping[str, Any] | None) -> tuple[float, float] | None:
    """Return the tokens a second of an answer, as llama.cpp says; None where there were too few to tell."""
    if not timings or timings["prompt_n"] < _READ_LEAST or timings["predicted_n"] < _WRITTEN_LEAST:
        return None
    return float(timings["prompt_per_second"]), float(timings["predicted_per_second"])
