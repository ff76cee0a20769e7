"""Cleaning against the `demucs` command: the same weights, the same file, one after the other.

The weights are random but of the real dimensions, in the real files, which both read. Work is CPU time of
the whole command on one core, ours with decoding, measuring and writing FLAC and two MP3s, so that other
programs on the machine weigh little (threads that wait for each other would be counted). Memory does not
depend on the network's size, so it is measured with a tiny one. What is promised is promised of five minutes
and an hour (`--long`): of less, the start of the programs weighs too much.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from benchmarks import rounds
from benchmarks.figure import Figure

TOP = Path(__file__).parent.parent
TAKES_MIN = 6
TIMED_S = rounds.of(16.0, 300.0)
SHORT_MIN, LONG_MIN, THEIRS_MIN = rounds.of(  # theirs is measured up to there and drawn out to LONG_MIN
    (2, 10, 4), (5, 60, 15)
)
REAL = {"bottom_channels": 512, "segment": Fraction(39, 5), "samplerate": 44_100}
TINY = {  # of Demucs' first class, which costs next to nothing: only memory is looked at
    "channels": 4, "depth": 2, "lstm_layers": 0, "dconv_mode": 0, "resample": False,
    "segment": 7.8, "samplerate": 44_100,
}  # fmt: skip
FT = ("f7e0c4bc", "d12395a8", "92cfc3b6", "04573f0d")


@dataclass(frozen=True, slots=True)
class Cost:
    """cpu_s: of the command and its children; peak_mb: the most memory that its process held."""

    cpu_s: float
    peak_mb: float


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="konspekt-bench-") as name:
        folder = Path(name)
        real, tiny = folder / "real", folder / "tiny"
        _make_models(real, ("955717e8", *FT), REAL)
        _make_models(tiny, ("955717e8",), TINY)
        sound = _noise(folder / "timed.wav", TIMED_S)
        ours, theirs = _ours(real, "htdemucs", sound), _theirs(real, "htdemucs", sound)
        what = f"{TIMED_S / 60:.3g} min, work of demucs / ours"
        yield Figure(f"htdemucs, {what}", theirs.cpu_s / ours.cpu_s, "x", at_least=rounds.of(None, 1.2))
        theirs_ft = _theirs(real, "htdemucs_ft", sound)
        ours_ft = _ours(real, "htdemucs_ft", sound)
        yield Figure(
            f"htdemucs_ft vocals, {what}", theirs_ft.cpu_s / ours_ft.cpu_s, "x", at_least=rounds.of(None, 3.7)
        )

        short, long = (_noise(folder / f"{m}.wav", 60 * m) for m in (SHORT_MIN, LONG_MIN))
        few, many = _ours(tiny, "htdemucs", short).peak_mb, _ours(tiny, "htdemucs", long).peak_mb
        yield Figure(f"memory of {LONG_MIN} min over that of {SHORT_MIN} min", many - few, " MB", at_most=300)
        long.unlink()
        little = _theirs(tiny, "htdemucs", short).peak_mb
        more = _theirs(tiny, "htdemucs", _noise(folder / "theirs.wav", 60 * THEIRS_MIN)).peak_mb
        drawn_out = little + (more - little) / (THEIRS_MIN - SHORT_MIN) * (LONG_MIN - SHORT_MIN)
        yield Figure(
            f"memory of {LONG_MIN} min, ours / demucs (theirs drawn out from {THEIRS_MIN} min)",
            many / drawn_out,
            "",
            at_most=rounds.of(None, 0.25),
        )


def _ours(models: Path, name: str, sound: Path) -> Cost:
    out = sound.with_name("out.flac")
    settings = {
        "DEMUCS_MODEL": name, "MODELS_DIR": str(models), "MAX_FETCH_BYTES": "0", "DISK_RESERVE_BYTES": "0",
        **{f"{kind}_DIR": str(models.parent / kind.lower()) for kind in ("DATA", "UPLOADS", "RESULTS")},
    }  # fmt: skip
    env = os.environ | {f"KONSPEKT_{key}": value for key, value in settings.items()}
    return _run([sys.executable, "-m", "flask", "clean", str(sound), "-o", str(out)], env)


def _theirs(models: Path, name: str, sound: Path) -> Cost:
    out = sound.with_name("theirs")
    command = [sys.executable, "-m", "demucs", "--repo", str(models / "demucs"), "-n", name, "-d", "cpu"]
    cost = _run([*command, "--two-stems", "vocals", "-o", str(out), str(sound)], dict(os.environ))
    shutil.rmtree(out)
    return cost


def _run(command: Sequence[str], env: dict[str, str]) -> Cost:
    on_one_core = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0))), *command]
    process = subprocess.Popen(
        on_one_core, cwd=TOP, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        raise RuntimeError(said.decode(errors="replace")[-2000:])
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _make_models(folder: Path, signatures: Sequence[str], dimensions: dict[str, object]) -> None:
    """Write networks with random weights as Demucs' own files."""
    import demucs
    import torch
    from demucs.demucs import Demucs
    from demucs.htdemucs import HTDemucs

    target = folder / "demucs"
    target.mkdir(parents=True)
    kwargs = {"sources": ["drums", "bass", "other", "vocals"], **dimensions}
    for seed, signature in enumerate(signatures):
        torch.manual_seed(seed)
        kind = HTDemucs if dimensions is REAL else Demucs
        state = kind(**kwargs).state_dict()
        package = {"klass": kind, "args": (), "kwargs": kwargs, "state": state, "training_args": {}}
        path = target / f"{signature}.th"
        torch.save(package, path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        path.rename(target / f"{signature}-{digest}.th")
    for name in ("htdemucs", "htdemucs_ft"):
        shutil.copy(Path(demucs.__file__).parent / "remote" / f"{name}.yaml", target)


def _noise(path: Path, seconds: float) -> Path:
    """Write stereo noise, a minute at a time."""
    import numpy as np
    import soundfile

    rng = np.random.default_rng(0)
    with soundfile.SoundFile(path, "w", 44_100, 2, "PCM_16") as file:
        left = round(seconds * 44_100)
        while left > 0:
            n = min(left, 60 * 44_100)
            file.write((0.05 * rng.standard_normal((n, 2))).astype(np.float32))
            left -= n
    return path
