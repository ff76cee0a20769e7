"""How fast the page answers 20 visitors while a job computes.

The real server in a process of its own; every visitor has a session and an open stream of events, and asks
for the page again and again with a pause of a second or so, as people do. The visitors share this machine's
processor with the server, so what they see is rather worse than what people would.
"""

import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from app.audio.wav import write_wav
from benchmarks.figure import Figure
from tests.e2e.visitor import Visitor
from tests.running import RunningServer
from tests.speech import MEETING, english, joined

TAKES_MIN = 1
VISITORS = 20
LASTS_S = 30
PAUSE_S = 1.0


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        speech = folder / "meeting.wav"
        write_wav(speech, joined(*(english(sentence) for sentence in MEETING * 8)))
        with RunningServer(folder, transcriber="pocketsphinx", log_level="WARNING") as server:
            server.wait_until_ready()
            idle = _visit(server, 5)
            with Visitor(server) as owner:
                job_id = owner.send(speech)
                owner.wait_for(job_id, "transcribe")
                time.sleep(3)
                busy = _visit(server, LASTS_S)
                computed = owner.job(job_id).status.value == "running"
    assert computed, "the job was done too early; make it longer"
    yield Figure("answers, nothing computes, p95", _p95(idle), " ms")
    yield Figure("answers while a job computes, median", statistics.median(busy), " ms")
    yield Figure("answers while a job computes, p95", _p95(busy), " ms", at_most=100)


def _p95(times_ms: list[float]) -> float:
    return statistics.quantiles(times_ms, n=20)[-1]


def _visit(server: RunningServer, lasts_s: float) -> list[float]:
    """Let all visitors come and stay; return how many ms each answer took."""
    times_ms: list[float] = []
    until = time.monotonic() + lasts_s

    def visit(seed: int) -> None:
        chance = random.Random(seed)
        with Visitor(server) as visitor:
            visitor.log_in()
            with visitor.browser.get(f"{server.url}/events", stream=True, timeout=60):
                while time.monotonic() < until:
                    time.sleep(chance.uniform(0.5, 1.5) * PAUSE_S)
                    began = time.perf_counter()
                    answer = visitor.browser.get(server.url, headers={"Accept": "text/html"}, timeout=30)
                    times_ms.append(1000 * (time.perf_counter() - began))
                    assert answer.status_code == 200, answer.text

    visitors = [threading.Thread(target=visit, args=(seed,)) for seed in range(VISITORS)]
    for thread in visitors:
        thread.start()
    for thread in visitors:
        thread.join()
    return times_ms
