"""Who comes to a full web process learns where there is room: by our own message, or by HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from flask import Flask

from app.errors import Overloaded
from app.live.events import Waiting
from app.live.hub import LiveHub
from app.live.packets import SoundFormat
from app.live.waiting_line import WaitingLine
from app.web.core.context import Konspekt, konspekt
from app.web.live import waiting
from app.web.live.stream import refusal
from tests.live.acting import Counting
from tests.web.live.test_foreign import LISTEN, UPGRADE

OTHER = "ws://localhost/at/other/v1/listen"


@pytest.fixture
def full(make_app: Callable[..., Flask]) -> Iterator[Callable[..., Flask]]:
    """Make an app whose two places are taken, beside other processes with these sockets."""
    hub = LiveHub(Counting(), 2)
    for _ in range(2):
        hub.open(SoundFormat(16_000, 1, "s16le"), "en", start=False)

    def made(*others: str, line: int = 10) -> Flask:
        app = make_app()
        servers = SimpleNamespace(with_room=lambda site, path: others)
        parts = replace(konspekt(app), live=hub, live_line=WaitingLine(line), live_servers=servers)  # type: ignore[arg-type]
        app.extensions["konspekt"] = parts
        return app

    yield made
    hub.stop()


@pytest.mark.parametrize(("path", "status"), [("/", 503), (LISTEN, 429)], ids=["Vosk", "Deepgram"])
def test_a_foreign_client_is_refused_by_http_with_the_address_of_another(
    full: Callable[..., Flask], path: str, status: int
) -> None:
    """Under /v1/ with the status that OpenAI's and Deepgram's clients ask again after."""
    answer = full(OTHER).test_client().get(path, headers=UPGRADE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "1")
    assert answer.headers["Link"] == f'<{OTHER}>; rel="alternate"'


def test_where_nobody_has_room_and_as_many_wait_as_may_it_is_told_when_to_come_again(
    full: Callable[..., Flask],
) -> None:
    answer = full(line=0).test_client().get("/", headers=UPGRADE)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 1
    assert "Link" not in answer.headers


class Told:
    """A connection that notes what it is told."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def send(self, event: object) -> None:
        self.events.append(event)

    def check(self) -> None:
        pass

    wake = check

    def wait(self, timeout: float) -> None:
        pass


def no_place() -> None:
    raise Overloaded("The server is overloaded. Please try again later.", 30)


def served(parts: Konspekt, told: Told, elsewhere: Callable[[], tuple[str, ...]]) -> None:
    waiting.served(told, parts, parts.live_line, no_place, elsewhere=elsewhere)  # type: ignore[arg-type]


def test_who_waits_goes_elsewhere_as_soon_as_there_is_room(
    full: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "TELL_S", 0)
    parts, told = konspekt(full()), Told()
    asked = iter([(), (), (OTHER,)])
    with pytest.raises(Overloaded) as refused:
        served(parts, told, lambda: next(asked))
    assert isinstance(told.events[0], Waiting)
    assert refusal(refused.value).elsewhere == (OTHER,)
    assert len(parts.live_line) == 0
    with pytest.raises(Overloaded):
        served(parts, told := Told(), lambda: (OTHER,))
    assert told.events == [], "nobody stands in line where there is room elsewhere"
