"""Live streams of real speech on Whisper base, up to five that speak at once.

A stream is read sentences with pauses between, sent as fast as they are spoken; every stream begins with
another one. A delay is counted from the true end of a sentence to the final that holds it.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import soundfile

from app.engines.weights.catalogue import find
from app.engines.weights.fetch import fetch
from app.live.client import AudioSource, FileSource, StreamClient
from benchmarks.figure import Figure
from benchmarks.sentences import RATE, spelled
from benchmarks.talks import Heard, Talk, make_talk, together
from tests.e2e.visitor import Visitor
from tests.engines.whisper.test_real_weights import CACHE
from tests.running import RunningServer
from tests.speech import word_error_rate

TAKES_MIN = 8
PROMISES_S = {1: 1.5, 3: 2.5, 5: 4.0}  # streams -> p95 of finals


def measure() -> Iterator[Figure]:
    weights = find("faster-whisper-base")
    fetch(weights, CACHE, lambda _: None)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        talks = [make_talk(folder / f"{number}.wav", number) for number in range(max(PROMISES_S))]
        (folder / "models").symlink_to(CACHE)
        with RunningServer(folder, transcriber="faster-whisper", max_live_streams=max(PROMISES_S)) as server:
            server.wait_until_ready()
            together(ours(server), talks[:1])  # loads the models
            alone = {n: list(together(ours(server), talks[:n])) for n in PROMISES_S}
            for n, promised_s in PROMISES_S.items():
                yield from _figures(n, alone[n], talks, promised_s)
            file = [_file(server, talk) for talk in talks[:3]]
            lost = errors(alone[3], talks) - float(np.mean(file))
            yield Figure("3 streams, word error rate above the files'", lost, at_most=0.02)
            with Visitor(server) as visitor:
                visitor.wait_for(visitor.send(_upload(folder, talks)), "transcribe")
                busy = list(together(ours(server), talks[:3]))
            ratio = _p95(busy, talks) / _p95(alone[3], talks)
            yield Figure("3 streams, p95 of finals with an upload, over without", ratio, "x", at_most=1.3)


def ours(server: RunningServer) -> Callable[[Talk, Heard], None]:
    """Return what sends a talk to our server as fast as it is spoken, and notes what comes."""

    def hear(talk: Talk, heard: Heard) -> None:
        client = StreamClient(server.url.replace("http", "ws", 1) + "/ws/transcribe", "en")
        began = time.monotonic()
        for message in client.run(AudioSource(talk.path, packet_frames=RATE // 10, realtime=True)):
            now = time.monotonic() - began
            match message["type"]:
                case "ready":
                    began = time.monotonic()
                case "partial":
                    heard.partials.append(now - message["end"])
                case "final":
                    heard.finals.append((now, message["end"]))
        heard.text += client.texts

    return hear


def _file(server: RunningServer, talk: Talk) -> float:
    client = StreamClient(server.url.replace("http", "ws", 1) + "/ws/transcribe", "en")
    for _ in client.run(FileSource(talk.path)):
        pass
    return word_error_rate(spelled(talk.text), spelled(" ".join(client.texts)))


def _figures(n: int, heard: list[Heard], talks: Sequence[Talk], promised_s: float) -> Iterator[Figure]:
    name = f"{n} stream{'s' * (n > 1)}"
    partials = [delay for one in heard for delay in one.partials]
    yield Figure(f"{name}, delay of finals, median", median(heard, talks), " s")
    yield Figure(f"{name}, delay of finals, p95", _p95(heard, talks), " s", at_most=promised_s)
    half = 1.0 if n == 3 else None
    yield Figure(f"{name}, delay of partials, median", float(np.median(partials)), " s", at_most=half)
    yield Figure(f"{name}, word error rate", errors(heard, talks))


def _delays(heard: Sequence[Heard], talks: Sequence[Talk]) -> list[float]:
    return [delay for one, talk in zip(heard, talks, strict=False) for delay in one.delays(talk)]


def _p95(heard: Sequence[Heard], talks: Sequence[Talk]) -> float:
    return float(np.percentile(_delays(heard, talks), 95))


def median(heard: Sequence[Heard], talks: Sequence[Talk]) -> float:
    """Return the median delay of finals, in s."""
    return float(np.median(_delays(heard, talks)))


def errors(heard: Sequence[Heard], talks: Sequence[Talk]) -> float:
    """Return the mean word error rate."""
    pairs = zip(heard, talks, strict=False)
    return float(
        np.mean([word_error_rate(spelled(talk.text), spelled(" ".join(one.text))) for one, talk in pairs])
    )


def _upload(folder: Path, talks: Sequence[Talk]) -> Path:
    path = folder / "upload.wav"
    soundfile.write(path, np.concatenate([soundfile.read(talk.path)[0] for talk in talks]), RATE)
    return path
