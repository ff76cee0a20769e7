"""A Konspekt server as its API answers, for the commands of `konspekt jobs`."""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import click
import httpx2

from app.cli.terminal import words
from app.config.proxies import ask_this_machine_directly
from app.documents.terminal_locale import terminal_locale
from app.errors import N_

TRIES = 4
WAIT_S = 30.0  # for the end of a job, in one request
READ_S = 120.0  # for an answer: a document of eight hours takes a while
LONGEST_PAUSE_S = 60.0
AWAY = frozenset((429, 502, 503, 504))

NOT_REACHED = N_("%(address)s cannot be reached: %(reason)s. Name the server by --server or KONSPEKT_SERVER.")
NO_ID = N_("“%(name)s” is no id of a job. List them: konspekt jobs list")
NO_KEY = N_("%(address)s asks for a key. Name one by --key or KONSPEKT_KEY.")
NOT_OURS = N_("%(address)s answers %(status)d; it may be no Konspekt, or there is a proxy before it.")

Job = dict[str, Any]


class Server:
    """One server and a key for it. What it refuses is a ClickException in its own words."""

    def __init__(self, address: str, key: str | None, sleep: Callable[[float], None] = time.sleep) -> None:
        ask_this_machine_directly()
        self._address = address.rstrip("/")
        self._sleep = sleep
        try:
            self._client = httpx2.Client(
                base_url=f"{self._address}/api/v1/",
                headers={"Accept-Language": terminal_locale(os.environ)}
                | ({"Authorization": f"Bearer {key}"} if key else {}),
                timeout=httpx2.Timeout(READ_S, connect=10.0),
            )
        except httpx2.InvalidURL as error:
            raise click.ClickException(_away(self._address, error)) from error

    def send(self, fields: Mapping[str, str], file: IO[bytes] | None = None, name: str = "") -> Job:
        """Send a recording, or the `url` of one; after a lost answer the same again, which is one job."""
        headers = {"Idempotency-Key": uuid.uuid4().hex}

        def once() -> httpx2.Response:
            if file is None:
                return self._client.post("jobs", json=dict(fields), headers=headers)
            file.seek(0)
            return self._client.post("jobs", data=dict(fields), files={"file": (name, file)}, headers=headers)

        return self._job(self._asked(once))

    def jobs(self, status: tuple[str, ...], most: int) -> Iterator[Job]:
        """Yield the newest jobs, of these states where any are named."""
        cursor = ""
        while most > 0:
            query: dict[str, Any] = {"limit": min(most, 200), "cursor": cursor, "status": list(status)}
            page = self._job(self._get("jobs", query))
            yield from page["jobs"]
            most -= len(page["jobs"])
            cursor = page["next_cursor"]
            if not cursor:
                return

    def job(self, job_id: str) -> Job:
        return self._job(self._get(f"jobs/{_id(job_id)}"))

    def do(self, job_id: str, what: str) -> Job:
        """Cancel a job or try it again; what: cancel, retry."""
        return self._job(self._asked(lambda: self._client.post(f"jobs/{_id(job_id)}/{what}")))

    def delete(self, job_id: str) -> None:
        self._asked(lambda: self._client.delete(f"jobs/{_id(job_id)}"))

    def wait(self, job_id: str, wait_s: float) -> Job:
        """Return the job when it has ended, or after `wait_s` as it is then."""
        return self._job(self._get(f"jobs/{_id(job_id)}/wait", {"wait_s": wait_s}))

    def document(self, job_id: str, kind: str, extension: str) -> bytes:
        return self._get(f"jobs/{_id(job_id)}/documents/{kind}", {"format": extension}).content

    def close(self) -> None:
        self._client.close()

    def _job(self, answer: httpx2.Response) -> Job:
        """Return the JSON of an answer. Raises ClickException where it is none: it comes from elsewhere."""
        try:
            told = answer.json()
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise click.ClickException(_refusal(answer, self._address))
        return told

    def _get(self, path: str, query: Mapping[str, Any] | None = None) -> httpx2.Response:
        return self._asked(lambda: self._client.get(path, params=query))

    def _asked(self, once: Callable[[], httpx2.Response]) -> httpx2.Response:
        """Ask until the server answers; wait as it says where it has no room. Raises ClickException."""
        for tried in range(1, TRIES + 1):
            last = tried == TRIES
            try:
                answer = once()
            except httpx2.TransportError as error:
                if last or isinstance(error, httpx2.UnsupportedProtocol):
                    raise click.ClickException(_away(self._address, error)) from error
                self._sleep(2.0 ** (tried - 1))
                continue
            if answer.status_code in AWAY and not last:
                self._sleep(_pause_s(answer, tried))
                continue
            if answer.is_success:
                return answer
            raise click.ClickException(_refusal(answer, self._address))
        raise AssertionError


def _away(address: str, error: Exception) -> str:
    said = error or type(error).__name__
    return words(NOT_REACHED, address=address, reason=str(said))


def _id(job_id: str) -> str:
    """Return the id as it stands in an address. Raises ClickException for what can be none."""
    if not job_id.isalnum() or not job_id.isascii():
        raise click.ClickException(words(NO_ID, name=job_id))
    return job_id


def _pause_s(answer: httpx2.Response, tried: int) -> float:
    said = answer.headers.get("Retry-After", "")
    return min(float(said) if said.isdigit() else 2.0 ** (tried - 1), LONGEST_PAUSE_S)


def _refusal(answer: httpx2.Response, address: str) -> str:
    """Say in one sentence what the server said (RFC 9457), or that it is no server of ours."""
    if answer.status_code == 401:
        return words(NO_KEY, address=address)
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return words(NOT_OURS, address=address, status=answer.status_code)


@contextmanager
def opened(address: str, key: str | None) -> Iterator[Server]:
    server = Server(address, key)
    try:
        yield server
    finally:
        server.close()
