"""Judge repair: every system on every case, as tables, charts and a report of one file."""

import argparse
import csv
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import torch
from rich.progress import track

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.nets import checkpoint
from app.nets.repair import RepairNet
from app.nets.repairer import Repairer
from app.training import metrics, testset
from app.training.testset import Case
from app.training.wiener import wiener

System = Callable[[Samples], Samples]
DAMAGED, BASELINE, IMPROVED, FINAL = (
    "damaged",
    "baseline (Wiener)",
    "improved (net alone)",
    "final (mend, net, gate)",
)


@dataclass(frozen=True, slots=True)
class Score:
    """What one system did to one case."""

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
    """The rows of the table, weakest first."""

    def alone(samples: Samples) -> Samples:
        wave = torch.from_numpy(samples)[None]
        with torch.inference_mode():
            repaired: Samples = net(wave, torch.zeros_like(wave), torch.zeros_like(wave))[0].numpy()
        return repaired

    return {DAMAGED: lambda samples: samples, BASELINE: wiener, IMPROVED: alone, FINAL: Repairer(net).repair}


def judge(case: Case, system: str, estimate: Samples) -> Score:
    quality = metrics.quality(case.clean, estimate)
    mel = metrics.mel_mse(case.clean, estimate)
    return Score(
        case.block, case.kind, case.speaker, case.name, system,
        metrics.si_sdr(case.clean, estimate), metrics.pesq_wb(case.clean, estimate),
        metrics.stoi(case.clean, estimate),
        quality.mse, mel, quality.cos_pitch, quality.cos_loudness, quality.q,
        quality.q + metrics.WEIGHTS[0] * (mel - quality.mse),
    )  # fmt: skip


def judge_all(cases: Iterable[Case], rows: dict[str, System]) -> list[Score]:
    return [
        judge(case, name, run(case.damaged))
        for case in track(list(cases), "Judging")
        for name, run in rows.items()
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


def summarize(scores: Sequence[Score], by: str = "block") -> list[Summary]:
    """Average over what shares a `block` (or a `kind`, or a `speaker`)."""
    before = {(s.block, s.kind, s.name): s for s in scores if s.system == DAMAGED}
    groups: dict[tuple[str, str], list[Score]] = {}
    for score in scores:
        groups.setdefault((getattr(score, by), score.system), []).append(score)
    found = []
    for (block, system), members in groups.items():
        pairs = [(before[s.block, s.kind, s.name], s) for s in members]

        def mean(field: str, members: Sequence[Score] = members) -> float:
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
    return statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0


def real_time_factor(run: System, seconds: float = 20.0) -> float:
    """Return the time taken per second of noisy sound, on one thread: the best of three."""
    sound = np.random.default_rng(0).standard_normal(int(seconds * SPEECH_RATE_HZ)).astype(
        np.float32
    ) * np.float32(0.1)
    run(sound)
    times = []
    for _ in range(3):
        began = time.process_time()
        run(sound)
        times.append(time.process_time() - began)
    return min(times) / seconds


def write_csv(path: Path, rows: Sequence[Score] | Sequence[Summary]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(rows[0])])
        writer.writeheader()
        for row in rows:
            writer.writerow({k: round(v, 5) if isinstance(v, float) else v for k, v in asdict(row).items()})


def main() -> None:
    from app.training import report

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/repair"))
    parser.add_argument("--corpus", type=Path, default=Path("data/raw/speech"))
    parser.add_argument(
        "--pairs", type=Path, help="a folder of recorded pairs, *_clean.wav beside *_noisy.wav"
    )
    parser.add_argument("--out", type=Path, default=Path("docs/lab"))
    parser.add_argument("--sentences", type=int, default=12)
    options = parser.parse_args()
    torch.set_num_threads(1)
    net = checkpoint.load(options.model, "repair")
    assert isinstance(net, RepairNet)
    found = list(testset.cases(options.corpus, options.sentences))
    if options.pairs:
        found += testset.real_cases(options.pairs)
    report.write(options.out, options.model, net, found)


if __name__ == "__main__":
    main()
