"""Live streams against a server that guards the same model with one lock, and what a stream costs by itself.

The model has Whisper tiny's dimensions and says what it was told to say, so that both servers decode the same
at a real model's cost. Since it never changes its mind, a draft of what it heard last is always right;
a real model's mostly is. Every stream is speech, sent as fast as it is spoken.
"""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import psutil
from whisper.model import ModelDimensions

from app.audio.wav import write_wav
from app.audio.waveform import Samples
from app.engines.base import Hypothesis, LiveRequest
from app.engines.silero import WINDOW
from app.live.client import AudioSource, StreamClient
from app.live.hub import LiveHub
from app.live.packets import SoundFormat
from app.live.session import LiveSession
from app.progress import Progress
from benchmarks.figure import Figure
from tests.e2e.visitor import Visitor
from tests.running import RunningServer
from tests.speech import MEETING, english, joined, silence
from tests.tiny_whisper import scripted_whisper

TAKES_MIN = 7
DIMS = ModelDimensions(80, 1500, 384, 6, 4, 51_865, 448, 384, 6, 4)
STREAMS, MANY = 3, 8
PACKET = 1000  # frames
PACKET_RATES = (16_000, 44_100, 48_000)
HOUR_S, PART_S = 3600, 600
UPLOAD_S = 900


def measure() -> Iterator[Figure]:
    yield from _packets()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        sources = _speech(folder)
        for name in ("lock", "hub", "many"):
            scripted_whisper(folder / name / "models" / "whisper" / "scripted.pt", dims=DIMS)
        with _OneLockServer(folder / "lock") as server:
            lock = _serve(server, sources)
        with RunningServer(folder / "hub") as server:
            hub = _serve(server, sources)
            with Visitor(server) as one, Visitor(server) as other:
                for visitor in (one, other):
                    visitor.wait_for(visitor.send(folder / "upload.wav"), "transcribe")
                busy = _latencies(server, sources)
        yield from _against(hub, lock)
        yield Figure("p95 with two uploads, over without", _p95(*busy) / _p95(*hub), "x", at_most=2)
        with RunningServer(folder / "many", max_live_streams=MANY) as server:
            server.wait_until_ready()
            short = [AudioSource(folder / "short.wav")]
            _latencies(server, short)
            one_bytes = _memory(server)
            _latencies(server, short * MANY)
            yield Figure(f"memory, {MANY} streams over one", _memory(server) / one_bytes, "x", at_most=1.1)
        (folder / "embedded").mkdir()
        with RunningServer(folder / "embedded", transcriber="pocketsphinx") as server:
            embedded = _serve(server, sources)
        yield Figure(f"PocketSphinx, {STREAMS} streams, latency p95", _p95(*embedded), " s", at_most=1)


def _against(hub: "list[list[float]]", lock: "list[list[float]]") -> Iterator[Figure]:
    yield Figure(
        f"{STREAMS} streams, latency of partials, median",
        statistics.median(one for own in hub for one in own),
        " s",
    )
    yield Figure(f"{STREAMS} streams, latency of partials, p95", _p95(*hub), " s")
    yield Figure("with one lock, p95", _p95(*lock), " s")
    yield Figure("p95 over the lock's", _p95(*hub) / _p95(*lock), "x", at_most=0.5)
    yield Figure("partials over the lock's", sum(map(len, hub)) / sum(map(len, lock)), "x")
    each = [_p95(own) for own in hub]
    yield Figure("largest p95 of a stream over the least", max(each) / min(each), "x", at_most=1.5)


class _OneLockServer(RunningServer):
    program = ("-m", "benchmarks.one_lock")


def _speech(folder: Path) -> list[AudioSource]:
    """Write what is said in each stream (40 s or so, in another order in each), and what is uploaded."""
    sources = []
    for number in range(STREAMS):
        said = [*MEETING[number:], *MEETING[:number]] * 2
        path = folder / f"{number}.wav"
        write_wav(path, joined(*(part for text in said for part in (english(text), silence(0.8)))))
        sources.append(AudioSource(path, PACKET, realtime=True))
    write_wav(folder / "short.wav", english(MEETING[0]))
    meeting = [english(text) for text in MEETING]
    times = round(UPLOAD_S / sum(part.duration_s for part in meeting))
    write_wav(folder / "upload.wav", joined(*meeting * times))
    return sources


def _serve(server: RunningServer, sources: Sequence[AudioSource]) -> "list[list[float]]":
    """Wait for the server, let it load its models, and return the latencies of the streams' partials."""
    server.wait_until_ready()
    _latencies(server, [AudioSource(sources[0].path.with_name("short.wav"))])
    return _latencies(server, sources)


def _latencies(server: RunningServer, sources: Sequence[AudioSource]) -> "list[list[float]]":
    """Return, for each stream, how old the newest sound of each partial was when it came."""
    found: list[list[float]] = [[] for _ in sources]
    ended = []

    def follow(number: int) -> None:
        client = StreamClient(server.url.replace("http", "ws", 1) + "/ws/transcribe", "en")
        for message in client.run(sources[number]):
            now = time.monotonic()
            if message["type"] == "ready":
                began = now
            elif message["type"] == "partial":
                found[number].append(now - began - message["end"])
            elif message["type"] == "end":
                ended.append(number)

    threads = [threading.Thread(target=follow, args=(number,)) for number in range(len(sources))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(ended) != len(sources):
        raise RuntimeError("a stream did not come to its end")
    return found


def _p95(*streams: list[float]) -> float:
    return float(np.percentile(np.concatenate(streams), 95))


def _memory(server: RunningServer) -> int:
    """Return the bytes that the server and its children hold; what they share counts once."""
    program = psutil.Process(server.process.pid)
    return sum(process.memory_full_info().pss for process in (program, *program.children(recursive=True)))


def _packets() -> Iterator[Figure]:
    """Feed an hour at once. What a packet costs is the processor's time: others may use the machine."""
    sound = (0.1 * np.random.default_rng(0).standard_normal(PACKET) * 32_767).astype("<i2").tobytes()
    for rate in PACKET_RATES:
        hub = LiveHub(Everything(), max_streams=1)
        session = hub.open(SoundFormat(rate), "en", start=False)
        n = PART_S * rate // PACKET
        costs_us = [_feed(hub, session, sound, n)]
        before = psutil.Process().memory_info().rss
        costs_us += [_feed(hub, session, sound, n) for _ in range(HOUR_S // PART_S - 1)]
        grown = psutil.Process().memory_info().rss - before
        what = f"packet of {PACKET} frames, {rate / 1000:g} kHz"
        yield Figure(what, max(mean for mean, _ in costs_us), " µs", at_most=50)
        flat = costs_us[-1][1] / costs_us[0][1]
        yield Figure(f"{what}: last 10 min of an hour over first", flat, "x", at_most=1.2)
    gained = grown / 2**20 / (HOUR_S - PART_S) * 60
    yield Figure("memory that a stream gains in a minute", gained, " MB", at_most=1)


def _feed(hub: LiveHub, session: LiveSession, sound: bytes, n: int) -> tuple[float, float]:
    """Feed `n` packets and serve them; return the mean and the median of what ten cost, per packet, in µs."""
    tens_s = []
    for _ in range(n // 10):
        began = time.thread_time()
        for _ in range(10):
            session.accept_chunk(sound)
        tens_s.append(time.thread_time() - began)
        hub.run_once()
        session.take()
    return 1e5 * statistics.mean(tens_s), 1e5 * statistics.median(tens_s)


class Everything:
    """An engine that takes all for speech, and hears what it is as long as."""

    name, batch, incremental = "everything", 1, False

    def voice_detector(self, progress: Progress) -> "Everything":
        return self

    def live_transcriber(self, language: str) -> "Everything":
        return self

    def follow(self, pieces: Sequence[tuple[Samples, object]]) -> list[tuple[Samples, object]]:
        return [(np.full(len(samples) // WINDOW, 0.9, np.float32), None) for samples, _ in pieces]

    def hear(self, requests: Sequence[LiveRequest]) -> list[Hypothesis | Exception]:
        return [Hypothesis(f"{len(request.samples)} samples", (), "en") for request in requests]

    def forget(self, stream: str) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Nothing is open."""
