"""Sender: posts one message to another system, signed, within a deadline. For `webhooks`."""

import json
from collections.abc import Mapping
from contextlib import suppress

import urllib3

from app.config import Config
from app.errors import AppError
from app.integrations.signing import secret, signed
from app.integrations.tables import DeliveryRow
from app.storage.deadline import Deadline
from app.storage.guard import AddressGuard

WEBHOOK, HAND_OVER = "webhook", "hand_over"
ANSWER_BYTES = 500  # of the receiver's answer that are kept in the history
ANYWHERE = ("0.0.0.0/0", "::/0")  # hand-overs go wherever the administrator's settings say


class Sender:
    """guard: of the addresses that webhooks may go to."""

    def __init__(self, config: Config, guard: AddressGuard) -> None:
        self._config = config
        self._guard = guard
        self._anywhere = AddressGuard(ANYWHERE)

    def send(self, row: DeliveryRow, timestamp: int) -> tuple[int, str]:
        """Post once; return the status and how the answer begins."""
        body = json.dumps(row.body, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Konspekt",
            "X-Konspekt-Delivery": row.id,
            "X-Konspekt-Event": row.kind,
            **self._proof(row.kind, body, timestamp),
        }
        guard = self._guard if row.kind == WEBHOOK else self._anywhere
        timeout_s = self._config.delivery_timeout_s
        with Deadline(timeout_s) as deadline:
            pool = guard.pool(deadline)
            try:
                response = pool.request(
                    "POST", row.url, body=body, headers=headers, redirect=False, retries=False,
                    preload_content=False, decode_content=False, timeout=urllib3.Timeout(timeout_s),
                )  # fmt: skip
                if deadline.over:  # the deadline closed the socket: a header that was cut looks whole
                    raise TimeoutError
                return response.status, _beginning(response)
            except urllib3.exceptions.HTTPError as error:
                if deadline.over:
                    raise TimeoutError from error
                raise
            finally:
                pool.clear()

    def _proof(self, kind: str, body: bytes, timestamp: int) -> Mapping[str, str]:
        if kind == WEBHOOK:
            return signed(secret(self._config), body, timestamp)
        key, own = self._config.hand_over_key, self._config.webhook_secret
        bearer = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        return bearer | (signed(own.get_secret_value().encode(), body, timestamp) if own else {})


def reason_of(error: Exception) -> str:
    """Say what went wrong without addresses and object ids, which urllib3's texts hold."""
    if isinstance(error, AppError):
        return str(error)
    if isinstance(error, urllib3.exceptions.NewConnectionError):  # a TimeoutError to urllib3
        return "the connection was refused"
    if isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError):
        return "no answer in time"
    return f"the connection broke off ({type(error).__name__})"


def _beginning(response: urllib3.BaseHTTPResponse) -> str:
    """Return how the answer begins, for the history; its status has come, so nothing depends on it."""
    answer = b""
    with suppress(OSError, urllib3.exceptions.HTTPError):
        answer = response.read1(ANSWER_BYTES) or b""
    response.close()
    return answer[:ANSWER_BYTES].decode(errors="replace")
