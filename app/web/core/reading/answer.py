"""An answer that the reading process has made: head and body, for as many requests as want it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import Response

BLOCK_BYTES = 2**18


class Answer:
    """Head and body. The body is a file without a name, which is gone with the last who reads it."""

    def __init__(self, status: str, headers: list[tuple[str, str]], body: Path) -> None:
        self._status, self._headers = status, headers
        self._file = os.open(body, os.O_RDONLY)
        body.unlink()

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            os.close(self._file)

    def response(self, begun: Callable[[], None]) -> Response:
        """Return it as Flask's; `begun` is called once or more as soon as the body goes out."""
        response = Response(self._blocks(begun), self._status, self._headers)
        response.call_on_close(begun)
        return response

    def _blocks(self, begun: Callable[[], None]) -> Iterator[bytes]:
        begun()
        at = 0
        while block := os.pread(self._file, BLOCK_BYTES, at):
            yield block
            at += len(block)
