"""Vectors by wav2vec2 of the large model's dimensions (random weights): windows, batches, a list of videos.

`KONSPEKT_BENCHMARK_LAYERS` (24) and `KONSPEKT_BENCHMARK_S` (300) make it smaller on a small machine.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figure import Figure

LAYERS = int(os.environ.get("KONSPEKT_BENCHMARK_LAYERS", "24"))
SOUND_S = float(os.environ.get("KONSPEKT_BENCHMARK_S", "300"))
CLIPS_S = (2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 25)
VIDEOS = 50
TOP = Path(__file__).parents[1]


def measure() -> Iterable[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _run("save", folder)
        whole, windows = _run("whole", folder), _run("windows", folder)
        minutes = SOUND_S / 60
        yield Figure(f"{minutes:g} min in windows, {LAYERS} layers", windows["s"], " s")
        yield Figure("faster than one whole-file pass", whole["s"] / windows["s"], "x", at_least=2)
        yield Figure("memory of that pass", windows["bytes"] / whole["bytes"], "x", at_most=0.15)
        clips = _run("clips", folder)
        yield Figure("clips of 2 to 25 s together, over one by one", clips["ratio"], "x", at_least=1.3)
        yield Figure(f"{VIDEOS} videos of a server, over computing", _list(folder), "x", at_most=1.2)


def _run(what: str, folder: Path) -> dict[str, float]:
    """Run a part in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "benchmarks.vectors", what, str(folder)]
    done = subprocess.run(command, cwd=TOP, check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _save(folder: Path) -> dict[str, float]:
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model

    torch.manual_seed(0)
    config = Wav2Vec2Config(
        hidden_size=1024, num_hidden_layers=LAYERS, num_attention_heads=16, intermediate_size=4096,
        feat_extract_norm="layer", do_stable_layer_norm=True, conv_bias=True,
    )  # fmt: skip
    Wav2Vec2Model(config).save_pretrained(folder / "large")
    Wav2Vec2FeatureExtractor(return_attention_mask=True).save_pretrained(folder / "large")
    return {}


def _sound(seconds: float) -> Any:
    from app.audio.waveform import Waveform

    rng = np.random.default_rng(round(seconds))
    return Waveform(0.1 * rng.standard_normal((1, round(seconds * 16_000)), dtype=np.float32), 16_000)


def _peak() -> int:
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def _measured(work: Any) -> dict[str, float]:
    before, began = _peak(), time.monotonic()
    work()
    return {"s": time.monotonic() - began, "bytes": float(_peak() - before)}


def _part(what: str, folder: Path) -> dict[str, float]:
    import torch

    from app.engines.device import Device, cores
    from app.engines.wav2vec2 import Wav2Vec2

    torch.set_num_threads(cores())
    with Device() as device:
        engine = Wav2Vec2(folder / "large", device)
        engine.embed(_sound(1), "pca", lambda _: None)  # what is done once is not measured
        if what == "clips":
            sounds = [_sound(seconds) for seconds in CLIPS_S]
            one, many = [], []
            for _ in range(2):  # the machine is shared: the better of two
                began = time.monotonic()
                for sound in sounds:
                    engine.embed(sound, "pca", lambda _: None)
                one.append(time.monotonic() - began)
                began = time.monotonic()
                engine.embed_many(sounds, "pca", lambda _: None)
                many.append(time.monotonic() - began)
            return {"ratio": min(one) / min(many)}
        sound = _sound(SOUND_S)
        if what == "windows":
            return _measured(lambda: engine.embed(sound, "pca", lambda _: None))
        samples = [sound.mono()]
        return _measured(lambda: engine._forward(samples, lambda: None))


def _list(folder: Path) -> float:
    """Return the time of a whole batch over that of computing alone."""
    from app.audio.limits import Limits
    from app.audio.wav import WavFile, write_wav
    from app.config import Config
    from app.engines.device import Device
    from app.engines.wav2vec2 import Wav2Vec2
    from app.pipeline.batch.ledger import opened
    from app.pipeline.batch.records import Record
    from app.pipeline.batch.run import AT_ONCE, Options, run
    from app.pipeline.download import Fetcher

    site = folder / "site"
    site.mkdir()
    paths = [site / f"{number}.wav" for number in range(VIDEOS)]
    for number, path in enumerate(paths):
        write_wav(path, _sound(2 + number % 4))

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = Config(allowed_networks="127.0.0.1/32", disk_reserve_bytes=0)  # type: ignore[arg-type]
    urls = [f"http://127.0.0.1:{server.server_address[1]}/{path.name}" for path in paths]
    with Device() as device:
        engine = Wav2Vec2(folder / "large", device)
        engine.embed(_sound(1), "pca", lambda _: None)
        began = time.monotonic()
        for first in range(0, VIDEOS, AT_ONCE):
            engine.embed_many(
                [WavFile(path) for path in paths[first : first + AT_ONCE]], "pca", lambda _: None
            )
        computing_s = time.monotonic() - began
        began = time.monotonic()
        with opened(folder / "out") as ledger:
            limits = Limits(disk_reserve_bytes=0)
            records = [Record(url, url) for url in urls]
            standing = run(
                records, ledger, Fetcher(config).fetch, engine, limits, Options("pca"), lambda _: None
            )
        whole_s = time.monotonic() - began
    server.shutdown()
    if standing.done != VIDEOS:
        raise RuntimeError(f"only {standing.done} of {VIDEOS} videos were vectorized")
    return whole_s / computing_s


if __name__ == "__main__":
    part = _save(Path(sys.argv[2])) if sys.argv[1] == "save" else _part(sys.argv[1], Path(sys.argv[2]))
    print(json.dumps(part))
