"""Vectors by wav2vec2 of the large model's dimensions (random weights): windows, batches, a list of videos.

The peer is what a script does: a whole file in one pass of transformers, one file after the other, and
scikit-learn's PCA. Ours computes as it comes (bf16 where the processor multiplies in it), and in fp32. Time
is that of the processor, on one core, so that other programs on the machine weigh little.
What is promised is promised of five minutes and all 24 layers (`--long`); without it both are fewer.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from app.audio.waveform import Samples, Waveform
from benchmarks import rounds
from benchmarks.figure import Figure

TAKES_MIN = 4
LAYERS, SOUND_S = rounds.of((4, 30.0), (24, 300.0))
CLIPS_S = rounds.of((2, 5, 10), (2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 25))
VIDEOS = rounds.of(8, 50)
TOP = Path(__file__).parents[1]


def measure() -> Iterable[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _run("save", folder)
        minutes = f"{SOUND_S / 60:g} min, {LAYERS} layers"
        theirs, ours, ours_fp32 = _run("theirs", folder), _run("ours", folder), _run("ours-fp32", folder)
        yield Figure(
            f"{minutes}: faster than one pass", theirs["s"] / ours["s"], "x", at_least=rounds.of(None, 2)
        )
        yield Figure("the same in fp32", theirs["s"] / ours_fp32["s"], "x")
        yield Figure(
            "memory of that pass", ours["bytes"] / theirs["bytes"], "x", at_most=rounds.of(None, 0.15)
        )
        yield Figure("the same in fp32", ours_fp32["bytes"] / theirs["bytes"], "x")
        clips = _run("clips", folder)
        yield Figure(
            "clips of 2 to 25 s: faster than one by one", clips["script"], "x", at_least=rounds.of(None, 1.3)
        )
        yield Figure("the same in fp32", clips["script-fp32"], "x")
        yield Figure("clips together, over ours one by one", clips["together"], "x")
        yield Figure(f"{VIDEOS} videos of a server, over computing", _list(folder), "x", at_most=1.2)


def _run(what: str, folder: Path) -> dict[str, float]:
    """Run a part in a process of its own, so that its memory is its own."""
    one_core = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
    command = [*one_core, sys.executable, "-m", "benchmarks.vectors", what, str(folder)]
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


def _sound(seconds: float) -> Waveform:
    rng = np.random.default_rng(round(seconds))
    return Waveform(0.1 * rng.standard_normal((1, round(seconds * 16_000)), dtype=np.float32), 16_000)


def _memory(what: str) -> int:
    """Return VmRSS, the memory of this process now, or VmHWM, the most since it was last forgotten."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith(what))


def _measured(work: Callable[[], object]) -> dict[str, float]:
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of loading: proc(5)
    before, began = _memory("VmRSS"), time.process_time()
    work()
    return {"s": time.process_time() - began, "bytes": float(_memory("VmHWM") - before)}


def _part(what: str, folder: Path) -> dict[str, float]:
    import torch

    from app.engines.compute.device import Device, cores
    from app.engines.wav2vec2.embedder import Wav2Vec2

    torch.set_num_threads(cores())
    script = _script(folder / "large")
    with Device() as device:
        ours, ours_fp32 = (Wav2Vec2(folder / "large", device, precision=p) for p in ("auto", "fp32"))
        work: dict[str, Callable[[Sequence[Waveform]], object]] = {
            "theirs": lambda sounds: [script(sound.mono()) for sound in sounds],
            "ours": lambda sounds: ours.embed_many(sounds, "pca", lambda _: None),
            "ours-fp32": lambda sounds: ours_fp32.embed_many(sounds, "pca", lambda _: None),
            "one by one": lambda sounds: [ours.embed(sound, "pca", lambda _: None) for sound in sounds],
        }
        for engine in work.values():
            engine([_sound(1)])  # what is done once is not measured
        if what != "clips":
            sounds = [_sound(SOUND_S)]
            return _measured(lambda: work[what](sounds))
        sounds = [_sound(seconds) for seconds in CLIPS_S]
        cost = {name: _measured(partial(engine, sounds))["s"] for name, engine in work.items()}
        return {
            "script": cost["theirs"] / cost["ours"],
            "script-fp32": cost["theirs"] / cost["ours-fp32"],
            "together": cost["one by one"] / cost["ours"],
        }


def _script(folder: Path) -> Callable[[Samples], object]:
    """Return what a script would do to one recording."""
    import torch
    from sklearn.decomposition import PCA
    from transformers import Wav2Vec2FeatureExtractor, Wav2Vec2Model

    extractor, net = Wav2Vec2FeatureExtractor.from_pretrained(folder), Wav2Vec2Model.from_pretrained(folder)

    def embed(samples: Samples) -> object:
        values = extractor(samples, sampling_rate=16_000, return_tensors="pt")
        with torch.inference_mode():
            states = net(**values).last_hidden_state[0].numpy()
        return PCA(n_components=1).fit(states).components_

    return embed


def _list(folder: Path) -> float:
    """Return the time of a whole batch over that of computing alone."""
    from app.audio.limits import Limits
    from app.audio.wav import WavFile, write_wav
    from app.config import Config
    from app.engines.compute.device import Device
    from app.engines.wav2vec2.embedder import Wav2Vec2
    from app.pipeline.batch.journal import opened
    from app.pipeline.batch.records import Record
    from app.pipeline.batch.run import AT_ONCE, Options, run
    from app.pipeline.fetching import Fetcher

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
        with opened(folder / "out") as journal:
            limits = Limits(disk_reserve_bytes=0)
            records = [Record(url, url) for url in urls]
            standing = run(
                records, journal, Fetcher(config).fetch, engine, limits, Options("pca"), lambda _: None
            )
        whole_s = time.monotonic() - began
    server.shutdown()
    if standing.done != VIDEOS:
        raise RuntimeError(f"only {standing.done} of {VIDEOS} videos were vectorized")
    return whole_s / computing_s


if __name__ == "__main__":
    part = _save(Path(sys.argv[2])) if sys.argv[1] == "save" else _part(sys.argv[1], Path(sys.argv[2]))
    print(json.dumps(part))
