"""While Whisper hears a recording, every address that lists, describes or draws answers within 100 ms.

Runs with `make trials`, where Whisper base is or can be fetched. That none asks for the device at all is
tested in every run by tests/web/test_no_waiting.py.
"""

import os
import re
import statistics
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app import create_app
from app.config import Config
from app.engines.weights.catalogue import find
from app.engines.weights.fetch import fetch
from app.errors import EngineUnavailable
from tests.e2e.visitor import Visitor
from tests.long import LONG
from tests.running import RunningServer

SPEECH = Path(__file__).parents[1] / "media" / "jfk.flac"
CACHE = Path(os.environ.get("KONSPEKT_TEST_WEIGHTS", Path.home() / ".cache" / "konspekt-tests"))
TIMES, ASKED, WANTED_S = 60, 7, 0.1

pytestmark = pytest.mark.skipif(not LONG, reason="make trials")


def addresses(folder: Path) -> list[str]:
    """Return every address that is asked for by GET and answers once."""
    rules = create_app(Config(_env_file=None, data_dir=folder)).url_map.iter_rules()  # type: ignore[call-arg]
    found = [rule.rule for rule in rules if "GET" in (rule.methods or ())]
    streams = [rule for rule in found if rule.startswith("/ws") or rule.endswith("/events")]
    return sorted(set(found) - set(streams))


def median_s(visitor: Visitor, path: str) -> float:
    seconds = []
    for _ in range(ASKED):
        began = time.monotonic()
        assert visitor.browser.get(visitor.server.url + path, timeout=60).status_code < 500, path
        seconds.append(time.monotonic() - began)
    return statistics.median(seconds)


def test_every_address_answers_at_once_while_whisper_hears(tmp_path: Path) -> None:
    try:
        fetch(find("faster-whisper-base"), CACHE, lambda _: None)
    except EngineUnavailable as error:
        pytest.skip(f"no Whisper base: {error}")
    sound, rate = soundfile.read(SPEECH)
    long = tmp_path / "long.wav"
    soundfile.write(long, np.tile(sound, TIMES), rate)
    settings = {"models_dir": CACHE, "transcriber": "faster-whisper", "whisper_model": "base"}
    with RunningServer(tmp_path, **settings) as server, Visitor(server) as visitor:
        server.wait_until_ready()
        done_id = visitor.send(SPEECH)
        visitor.wait_for(done_id, "done")
        paths = [re.sub("<[^>]+>", "none", rule.replace("<job_id>", done_id)) for rule in addresses(tmp_path)]
        for path in paths:  # once, for what is imported and compiled with the first answer
            visitor.browser.get(server.url + path, timeout=60)
        quiet_s = {path: median_s(visitor, path) for path in paths}
        job_id = visitor.send(long)
        visitor.wait_for(job_id, "transcribe")
        seconds = {path: median_s(visitor, path) for path in [*paths, f"/jobs/{job_id}"]}
        assert visitor.job(job_id).stage == "transcribe", "it was heard before all were asked"
        slowest = max(seconds, key=lambda path: seconds[path])
        load = " ".join(f"{load:.1f}" for load in os.getloadavg())
        print(
            f"{len(paths)} addresses, the slowest {1000 * seconds[slowest]:.0f} ms ({slowest}); load {load}"
        )
        visitor.browser.post(
            f"{server.url}/jobs/{job_id}/cancel", data={"csrf_token": visitor._token}, timeout=30
        )
        slow = [path for path in paths if seconds[path] > max(WANTED_S, 3 * quiet_s[path])]
        assert not slow
