"""JSON over HTTP to a server that may be slow, busy or gone, and that a cancelled job leaves at once."""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.engines.chat.connections import Connections

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

_Body = dict[str, Any] | None  # None: GET
AT_ONCE = 4  # servers batch what comes together
_TRIES = 4
_BUSY = frozenset((408, 425, 429, 500, 502, 503, 504))
_CONNECT_S = 10.0
_LONGEST_WAIT_S = 120.0
_MOST_BYTES = 4 * 2**20
_CHECK_S = 0.2


class ServerAwayError(Exception):
    """The server cannot be reached, or goes on refusing. Its text is a short reason without secrets."""


@dataclass(frozen=True, slots=True)
class Answer:
    """status: of HTTP; body: the JSON, or None where it was none."""

    status: int
    body: Any


class JsonServer:
    """Sends requests a few at a time, again after a while where the server is busy.

    Args:
        key: sent as a bearer token, and nowhere else; it follows no redirect.
        timeout_s: for one whole answer; wait_s: before the second try, doubled before each further one.
    """

    def __init__(self, url: str, key: str | None, timeout_s: float, wait_s: float = 1.0) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._timeout_s = timeout_s
        self._wait_s = wait_s

    def send(
        self, path: str, bodies: Sequence[_Body], check: Callable[[int], None]
    ) -> list[Answer | ServerAwayError]:
        """POST each body, or GET where it is None, and return the replies in order.

        Args:
            check: called often with the number of replies so far; what it raises closes all connections.
        """
        connections = Connections()
        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="konspekt-llm-http")
        try:
            asked = [pool.submit(self._one, path, body, connections) for body in bodies]
            open_ = set(asked)
            while open_:
                _, open_ = wait(open_, timeout=_CHECK_S)
                check(len(asked) - len(open_))
            return [future.result() for future in asked]
        finally:
            connections.stop()
            pool.shutdown(wait=False, cancel_futures=True)

    def _one(
        self, path: str, body: dict[str, Any] | None, connections: Connections
    ) -> Answer | ServerAwayError:
        away = ServerAwayError("cancelled")
        for attempt in range(_TRIES):
            pause_s = self._wait_s * 2**attempt
            try:
                reply, retry_after_s = self._exchange(path, body, connections)
            except ServerAwayError as error:  # no answer in time: asking again would only wait again
                return error
            except OSError as error:  # requests' exceptions are OSErrors
                away = ServerAwayError(_reason(error))
            else:
                if reply.status not in _BUSY:
                    return reply
                away = ServerAwayError(f"HTTP {reply.status}")
                pause_s = max(pause_s, retry_after_s)
            if attempt + 1 == _TRIES or pause_s > _LONGEST_WAIT_S or connections.stopped.wait(pause_s):
                break
        return away

    def _exchange(
        self, path: str, body: dict[str, Any] | None, connections: Connections
    ) -> tuple[Answer, float]:
        """Send one request; return the reply and the seconds for which the server wants to be left alone."""
        import requests

        begun = time.monotonic()
        with connections.session() as session:
            try:
                with session.request(
                    "GET" if body is None else "POST",
                    f"{self._url}{path}",
                    json=body,
                    timeout=(min(_CONNECT_S, self._timeout_s), self._timeout_s),
                    auth=self._signed,  # also keeps requests from sending what stands in ~/.netrc
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    text = self._read(response, begun)
            except (requests.ReadTimeout, requests.ConnectionError) as error:
                if isinstance(error, requests.ReadTimeout) or time.monotonic() - begun > self._timeout_s:
                    raise ServerAwayError(f"no answer within {self._timeout_s:g} s") from error
                raise
        try:
            parsed = json.loads(text)
        except ValueError:
            parsed = None
        return Answer(response.status_code, parsed), _seconds(response.headers.get("Retry-After"))

    def _read(self, response: "Response", begun: float) -> bytes:
        text = bytearray()
        for piece in response.iter_content(2**14):
            text += piece
            if len(text) > _MOST_BYTES:
                raise ServerAwayError("an answer of more than 4 MB")
            if time.monotonic() - begun > self._timeout_s:
                raise ServerAwayError(f"no answer within {self._timeout_s:g} s")
        return bytes(text)

    def _signed(self, request: "PreparedRequest") -> "PreparedRequest":
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _reason(error: OSError) -> str:
    """Say in a few words what went wrong; requests' own texts are long and name the address."""
    import requests

    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.Timeout):
        return "no connection in time"
    return "no connection"


def _seconds(retry_after: str | None) -> float:
    try:
        return max(0.0, float(retry_after or 0))
    except ValueError:
        return 0.0  # a date: our own back-off will do
