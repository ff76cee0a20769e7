"""Three live streams on Whisper base: ours, and WhisperLive on the same weights in the same minutes.

WhisperLive is not among our requirements: it is measured where it can be imported, here or by the Python that
KONSPEKT_BENCHMARK_WHISPER_LIVE names. Where it is not, nothing is.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.engines.weights.catalogue import find
from app.engines.weights.fetch import fetch
from benchmarks.figure import Figure
from benchmarks.live_whisper import errors, median, ours
from benchmarks.talks import make_talk, together
from benchmarks.whisper_live import WhisperLive, interpreter
from tests.engines.whisper.test_real_weights import CACHE
from tests.running import RunningServer

TAKES_MIN = 7
N_STREAMS = 3


def measure() -> Iterator[Figure]:
    python = interpreter()
    if python is None:
        return
    weights = find("faster-whisper-base")
    fetch(weights, CACHE, lambda _: None)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        talks = [make_talk(folder / f"{number}.wav", number) for number in range(N_STREAMS)]
        (folder / "models").symlink_to(CACHE)
        with RunningServer(folder, transcriber="faster-whisper", max_live_streams=N_STREAMS) as server:
            server.wait_until_ready()
            together(ours(server), talks[:1])  # loads the models
            heard = list(together(ours(server), talks))
        yield Figure("ours, 3 streams, median delay of finals", median(heard, talks), " s")
        yield Figure("ours, 3 streams, word error rate", errors(heard, talks))
        with WhisperLive(python, weights.folder(CACHE)) as peer:
            together(peer.hear, talks[:1])
            theirs = list(together(peer.hear, talks))
        yield Figure("WhisperLive, 3 streams, median delay of finals", median(theirs, talks), " s")
        ratio = median(heard, talks) / median(theirs, talks)
        yield Figure("our median delay over WhisperLive's", ratio, "x", at_most=0.5)
        yield Figure("WhisperLive, 3 streams, word error rate", errors(theirs, talks))
