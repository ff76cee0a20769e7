"""Scores of repair: every system on every case of the test set, and their means."""

import math
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from rich.progress import track

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.nets.repair import RepairNet
from app.nets.repairer import Repairer
from app.training.scores import metrics
from app.training.scores.testset import Case
from app.training.scores.wiener import wiener

System = Callable[[Samples], Samples]
DAMAGED, BASELINE, IMPROVED, FINAL = (
    "damaged",
    "baseline (Wiener)",
    "improved (net alone)",
    "final (mend, net, gate)",
)


@dataclass(frozen=True, slots=True)
class RepairScore:
    """What one system made of one case: the measures of `metrics`."""

    block: str
    kind: str
    speaker: str
    name: str
    system: str
    si_sdr: float
    pesq: float
    stoi: float
    mse: float
    mel_mse: float
    cos_pitch: float
    cos_loudness: float
    q: float
    q_mel: float


def systems(net: RepairNet) -> dict[str, System]:
    """Return what is compared, by its name in the tables, weakest first."""

    def alone(samples: Samples) -> Samples:
        wave = torch.from_numpy(samples)[None]
        with torch.inference_mode():
            repaired: Samples = net(wave, torch.zeros_like(wave), torch.zeros_like(wave))[0].numpy()
        return repaired

    return {DAMAGED: lambda samples: samples, BASELINE: wiener, IMPROVED: alone, FINAL: Repairer(net).repair}


def judge(case: Case, system: str, estimate: Samples) -> RepairScore:
    """Measure what a system made of a case."""
    quality = metrics.quality(case.clean, estimate)
    mel = metrics.mel_mse(case.clean, estimate)
    return RepairScore(
        case.block, case.kind, case.speaker, case.name, system,
        metrics.si_sdr(case.clean, estimate), metrics.pesq_wb(case.clean, estimate),
        metrics.stoi(case.clean, estimate),
        quality.mse, mel, quality.cos_pitch, quality.cos_loudness, quality.q,
        quality.q + metrics.WEIGHTS[0] * (mel - quality.mse),
    )  # fmt: skip


def judge_all(cases: Iterable[Case], rows: dict[str, System]) -> list[RepairScore]:
    return [
        judge(case, name, system(case.damaged))
        for case in track(list(cases), "Judging")
        for name, system in rows.items()
    ]


@dataclass(frozen=True, slots=True)
class Summary:
    """Means over a block, the gain over the damaged input, and the gain's standard error."""

    block: str
    system: str
    n: int
    si_sdr: float
    pesq: float
    stoi: float
    cos_pitch: float
    cos_loudness: float
    q: float
    q_mel: float
    gain_si_sdr: float
    gain_pesq: float
    gain_stoi: float
    gain_q: float
    error_si_sdr: float
    error_pesq: float
    error_stoi: float
    error_q: float


def summarize(scores: Sequence[RepairScore], by: str = "block") -> list[Summary]:
    """Average over what shares a `block` (or a `kind`, or a `speaker`)."""
    before = {(s.block, s.kind, s.name): s for s in scores if s.system == DAMAGED}
    groups: dict[tuple[str, str], list[RepairScore]] = {}
    for score in scores:
        groups.setdefault((getattr(score, by), score.system), []).append(score)
    found = []
    for (block, system), members in groups.items():
        pairs = [(before[s.block, s.kind, s.name], s) for s in members]

        def mean(field: str, members: Sequence[RepairScore] = members) -> float:
            return float(np.nanmean([getattr(s, field) for s in members]))

        gains = {
            f: [getattr(b, f) - getattr(a, f) for a, b in pairs] for f in ("si_sdr", "pesq", "stoi", "q")
        }
        found.append(
            Summary(
                block,
                system,
                len(members),
                *(mean(f) for f in ("si_sdr", "pesq", "stoi", "cos_pitch", "cos_loudness", "q", "q_mel")),
                *(float(np.nanmean(gain)) for gain in gains.values()),
                *(_standard_error(gain) for gain in gains.values()),
            )
        )
    return found


def _standard_error(values: Sequence[float]) -> float:
    """Return the standard error of the mean; PESQ is NaN where it finds no utterance."""
    known = [value for value in values if not math.isnan(value)]
    return statistics.stdev(known) / len(known) ** 0.5 if len(known) > 1 else 0.0


def real_time_factor(system: System, seconds: float = 20.0) -> float:
    """Return the time taken per second of noisy sound, on one thread: the best of three."""
    sound = np.random.default_rng(0).standard_normal(int(seconds * SPEECH_RATE_HZ)).astype(
        np.float32
    ) * np.float32(0.1)
    system(sound)
    times = []
    for _ in range(3):
        began = time.process_time()
        system(sound)
        times.append(time.process_time() - began)
    return min(times) / seconds
