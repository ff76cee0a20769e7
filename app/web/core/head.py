"""The head of a request before a thread is taken for it, and an answer to it, both as bytes.

Only what is usual in every way is read; whatever else comes is left to gunicorn's parser and the views.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

from flask import Flask
from werkzeug.sansio.utils import host_is_trusted

from app.web.core.security import HEADERS, STRICT_TRANSPORT

NOT_READ = {"content-length", "transfer-encoding", "upgrade", "expect"}  # more than a head comes
KEPT_OR_NOT = ("keep-alive", "close")

AtOnce = tuple[bytes, bool]  # an answer, and whether its connection is kept


@dataclass(frozen=True, slots=True)
class Head:
    """A request without a body. fields: by their names in lower case."""

    method: str
    target: str
    fields: Mapping[str, str]

    @property
    def is_kept(self) -> bool:
        return self.fields.get("connection", "").lower() != "close"

    def answered(
        self,
        app: Flask,
        status: HTTPStatus,
        mimetype: str,
        body: bytes,
        more: Mapping[str, str] | None = None,
    ) -> AtOnce:
        """Answer with the headers that every view's answer has."""
        fields = {
            "Content-Length": str(len(body)),
            **HEADERS,
            "Cache-Control": "private, no-store",
            "Content-Type": mimetype,
            "Date": formatdate(usegmt=True),
            "Connection": "keep-alive" if self.is_kept else "close",
            **(more or {}),
        }
        if app.config["SESSION_COOKIE_SECURE"]:
            fields |= [STRICT_TRANSPORT]
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}",
            *(f"{name}: {value}" for name, value in fields.items()),
        ]
        return "\r\n".join((*lines, "", "")).encode() + (b"" if self.method == "HEAD" else body), self.is_kept


def read_head(data: bytes, app: Flask) -> Head | None:
    """Return one whole head to a host of ours; None where it is odd in any way, or has a body."""
    start, end, more = data.partition(b"\r\n\r\n")
    if not end or more or not start.isascii():
        return None
    first, *lines = start.decode().split("\r\n")
    match first.split(" "):
        case ("GET" | "HEAD") as method, target, "HTTP/1.1" if target.startswith("/"):
            pass
        case _:
            return None
    fields = _fields(lines)
    if fields is None or fields.keys() & NOT_READ or not _is_ours(fields, app):
        return None
    return Head(method, target, fields) if fields.get("connection", "close").lower() in KEPT_OR_NOT else None


def _fields(lines: list[str]) -> dict[str, str] | None:
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip() or name.lower() in fields:
            return None
        fields[name.lower()] = value.strip()
    return fields


def _is_ours(fields: Mapping[str, str], app: Flask) -> bool:
    names = app.config["TRUSTED_HOSTS"]
    return "host" in fields and (names is None or host_is_trusted(fields["host"], names))
