"""While bodies come byte by byte, everybody else has his page at once."""

from collections.abc import Iterator

import pytest

from tests.e2e.visitor import Visitor
from tests.running import RunningServer
from tests.trials.slow_clients import LONG, bar_s, dripping, head, p95_s

CLIENTS, FOR_S = 60, 45.0 if LONG else 4.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("program")) as server:
        server.wait_until_ready()
        yield server


def cookies(server: RunningServer, whose: str) -> tuple[str, ...]:
    if whose == "nobody's":
        return ()
    if whose == "a forged":
        return ("Cookie: session=" + "A" * 43,)
    with Visitor(server) as visitor:
        visitor.log_in()
        return ("Cookie: " + "; ".join(f"{one.name}={one.value}" for one in visitor.browser.cookies),)


@pytest.mark.parametrize("whose", ["nobody's", "a forged", "a valid"])
def test_slow_bodies_of_any_session_hold_no_page_up(server: RunningServer, whose: str) -> None:
    quiet_page_s, quiet_health_s = p95_s(server, "/", 2), p95_s(server, "/health", 1)
    slow = [head("/jobs/x/cancel", *cookies(server, whose))] * CLIENTS
    with dripping(server, slow):
        page_s, health_s = p95_s(server, "/", FOR_S), p95_s(server, "/health", FOR_S)
    print(f"page {quiet_page_s:.3f} -> {page_s:.3f} s, health {quiet_health_s:.3f} -> {health_s:.3f} s")
    assert page_s < bar_s(0.3, quiet_page_s)
    assert health_s < bar_s(0.05, quiet_health_s)
